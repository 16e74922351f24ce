import { assert, assertEquals } from "@std/assert";
import { RegistryError } from "./errors.ts";
import {
  type Answer,
  respond,
  respondError,
  respondJson,
  respondText,
  toResponse,
} from "./respond.ts";

function headersOf(answer: Answer): Record<string, string> {
  return Object.fromEntries(toResponse(answer).headers);
}

const ALWAYS = {
  "docker-distribution-api-version": "registry/2.0",
  "x-content-type-options": "nosniff",
};

Deno.test("respond() tells an empty body's length, except where there can be none", () => {
  assertEquals(headersOf(respond(202)), { ...ALWAYS, "content-length": "0" });
  assertEquals(headersOf(respond(204)), ALWAYS);
  assertEquals(headersOf(respond(304)), ALWAYS);
  assertEquals(respond(200, { "Content-Length": "7" }).headers["Content-Length"], "7");
});

Deno.test("respond() leaves out headers that are undefined", () => {
  const response = toResponse(respond(200, { Link: undefined, ETag: "x" }));
  assertEquals([response.headers.has("Link"), response.headers.get("ETag")], [false, "x"]);
});

Deno.test("toResponse() says of content each time what the answer says, whatever was said before", () => {
  const content = { "Docker-Content-Digest": "sha256:of-this-test" };
  for (const id of ["1", "2", "3", "4"]) {
    for (
      const [status, more] of [[201, "Location"], [200, "ETag"], [206, "Content-Range"]] as const
    ) {
      const answer = respond(status, { ...content, "X-Request-Id": id, [more]: id });
      const headers = { "x-request-id": id, [more.toLowerCase()]: id, "content-length": "0" };
      assertEquals(headersOf(answer), {
        ...ALWAYS,
        "docker-content-digest": "sha256:of-this-test",
        ...headers,
      });
    }
  }
});

Deno.test("respondText() tells the length in bytes", async () => {
  const response = toResponse(respondText("größe", { "Content-Type": "text/plain" }));
  assertEquals(response.headers.get("Content-Length"), "7");
  assertEquals(await response.text(), "größe");
});

Deno.test("respondText() leaves text as it is that has a byte for each character", async () => {
  const answer = respondText("a\x00\x7f", { "Content-Type": "text/plain" });
  assertEquals(answer.body, "a\x00\x7f");
  assertEquals(answer.headers["Content-Length"], "3");
  assertEquals(await toResponse(answer).bytes(), new Uint8Array([97, 0, 127]));
  assert(respondText("\x80", {}).body instanceof Uint8Array);
});

Deno.test("respondJson() writes one line", async () => {
  const response = toResponse(respondJson({ a: [1] }, { Link: "x" }));
  assertEquals(response.headers.get("Content-Type"), "application/json; charset=utf-8");
  assertEquals([response.status, response.headers.get("Link")], [200, "x"]);
  assertEquals(await response.text(), '{"a":[1]}\n');
});

Deno.test("respondError() carries the headers of the error", async () => {
  const response = toResponse(
    respondError(new RegistryError("UNSUPPORTED", { headers: { Allow: "GET" } })),
  );
  assertEquals([response.status, response.headers.get("Allow")], [405, "GET"]);
  const { errors } = await response.json() as { errors: { code: string }[] };
  assertEquals(errors.map(({ code }) => code), ["UNSUPPORTED"]);
});

Deno.test("toResponse() repeats headers that come more than once", () => {
  const repeated = [["Warning", "b"], ["Warning", "c"]] as const;
  const { headers } = toResponse({ status: 200, headers: { Warning: "a" }, repeated, body: null });
  assertEquals(headers.get("Warning"), "a, b, c");
});
