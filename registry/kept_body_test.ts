import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { patternBytes } from "../storage/contract/bytes.ts";
import { BLOB_BUFFERED_BYTES_MAX, HOT_BLOB_BYTES_MAX } from "../storage/limits.ts";
import { isShared, keptBody, sharedBody } from "./kept_body.ts";
import type { AnswerBody } from "./respond.ts";

Deno.test("keptBody() gives bytes as often as they are asked for", async () => {
  const bytes = patternBytes(5_000, 1);
  for (let round = 0; round < 4; round++) {
    assertEquals(await new Response(keptBody(bytes)).bytes(), bytes, `round ${round}`);
  }
});

Deno.test("keptBody() gives bytes to answers that are read at the same time", async () => {
  const bytes = patternBytes(5_000, 2);
  const responses = [1, 2, 3, 4].map(() => new Response(keptBody(bytes)));
  for (const read of await Promise.all(responses.map((response) => response.bytes()))) {
    assertEquals(read, bytes);
  }
});

Deno.test("keptBody() copies bytes no more once they were sent, where Deno allows it", () => {
  const bytes = patternBytes(10, 3);
  assertStrictEquals(keptBody(bytes), bytes);
  const body = keptBody(bytes);
  assert(body instanceof ReadableStream);
  assertStrictEquals(keptBody(bytes), body);
});

Deno.test("keptBody() leaves large bytes alone", () => {
  const bytes = new Uint8Array(BLOB_BUFFERED_BYTES_MAX + 1);
  for (let round = 0; round < 3; round++) assertStrictEquals(keptBody(bytes), bytes);
});

Deno.test("keptBody() is served whole, again and again, also when a client leaves", async () => {
  const bytes = patternBytes(BLOB_BUFFERED_BYTES_MAX, 4);
  await assertServed(bytes, () => keptBody(bytes));
});

Deno.test("sharedBody() is served whole, again and again, also when a client leaves", async () => {
  const bytes = patternBytes(HOT_BLOB_BYTES_MAX, 5);
  const body = sharedBody(bytes);
  await assertServed(bytes, () => body);
});

Deno.test("isShared() tells bodies that can be sent again from others", () => {
  const bytes = patternBytes(10, 6);
  const body = sharedBody(bytes);
  assert(body !== null && isShared(body));
  assertEquals(isShared(ReadableStream.from([bytes])), false);
});

/** Checks that a server sends these bytes whenever it is asked, with clients that leave in between. */
async function assertServed(bytes: Uint8Array, bodyOf: () => AnswerBody): Promise<void> {
  const headers = { "Content-Length": String(bytes.length) };
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: (): void => {} },
    () => new Response(bodyOf(), { headers }),
  );
  const url = `http://127.0.0.1:${server.addr.port}/`;
  for (let round = 0; round < 5; round++) {
    const left = await fetch(url);
    await left.body?.cancel();
    assertEquals(await (await fetch(url)).bytes(), bytes);
  }
  await server.shutdown();
}
