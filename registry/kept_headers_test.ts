import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { KEPT_HEADERS_MAX } from "../storage/limits.ts";
import { keptHeaders } from "./kept_headers.ts";

let digests = 0;

/** Headers of an answer about content that no other test has answered about. */
function newAnswer(): Record<string, string> {
  return { ETag: "x", "Docker-Content-Digest": `sha256:${digests++}`, "X-Request-Id": "1" };
}

function sent(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(new Response(null, { headers: keptHeaders(headers) }).headers);
}

function lowered(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
}

Deno.test("keptHeaders() keeps headers about content that is asked for again", () => {
  const answer = newAnswer();
  assertStrictEquals(keptHeaders(answer), answer);
  assertStrictEquals(keptHeaders(answer), answer);
  const kept = keptHeaders(answer);
  assert(kept instanceof Headers);
  assertStrictEquals(keptHeaders({ ...answer, "X-Request-Id": "2" }), kept);
});

Deno.test("keptHeaders() leaves alone what is not about content", () => {
  const headers = { ETag: "x" };
  for (let round = 0; round < 4; round++) assertStrictEquals(keptHeaders(headers), headers);
});

Deno.test("keptHeaders() says of each answer what the answer says", () => {
  const answer = newAnswer();
  const answers = [
    answer,
    answer,
    answer,
    { ...answer, "X-Request-Id": "2" },
    { ...answer, "X-Request-Id": "3", ETag: "y" },
    { ...answer, "X-Padding": "---" },
    { "Docker-Content-Digest": answer["Docker-Content-Digest"] ?? "", ETag: "z" },
    { ...answer, ETag: "" },
    { ...answer, "Content-Range": "bytes 0-1/2" },
    answer,
  ];
  for (const [index, headers] of answers.entries()) {
    assertEquals(sent(headers), lowered(headers), `answer ${index}`);
  }
});

Deno.test("keptHeaders() leaves responses as they were that were made before", () => {
  const answer = newAnswer();
  for (let round = 0; round < 2; round++) keptHeaders(answer);
  const responses = ["1", "2", "3"].map((id) =>
    new Response(null, { headers: keptHeaders({ ...answer, "X-Request-Id": id }) })
  );
  assertEquals(responses.map(({ headers }) => headers.get("X-Request-Id")), ["1", "2", "3"]);
});

Deno.test("keptHeaders() says what it did before after a value that cannot be sent", () => {
  const answer = newAnswer();
  for (let round = 0; round < 3; round++) keptHeaders(answer);
  assertThrows(() => sent({ ...answer, "X-Request-Id": "a\nb" }), TypeError);
  assertEquals(sent(answer), lowered(answer));
});

Deno.test("keptHeaders() forgets content that was not asked for since", () => {
  const answer = newAnswer();
  for (let round = 0; round < 2; round++) keptHeaders(answer);
  for (let count = 0; count < KEPT_HEADERS_MAX; count++) keptHeaders(newAnswer());
  assertStrictEquals(keptHeaders(answer), answer);
});
