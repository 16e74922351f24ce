import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { patternBytes } from "../storage/contract/bytes.ts";
import { BLOB_BUFFERED_BYTES_MAX } from "../storage/limits.ts";
import { keptBody } from "./kept_body.ts";

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

Deno.test("keptBody() leaves bytes alone that are counted while they are sent", () => {
  const bytes = new Uint8Array(BLOB_BUFFERED_BYTES_MAX + 1);
  for (let round = 0; round < 3; round++) assertStrictEquals(keptBody(bytes), bytes);
});

Deno.test("keptBody() is served whole, again and again, also when a client leaves", async () => {
  const bytes = patternBytes(BLOB_BUFFERED_BYTES_MAX, 4);
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: (): void => {} },
    (): Response => {
      return new Response(keptBody(bytes), { headers: { "Content-Length": String(bytes.length) } });
    },
  );
  const url = `http://127.0.0.1:${server.addr.port}/`;
  for (let round = 0; round < 5; round++) {
    const left = await fetch(url);
    await left.body?.cancel();
    assertEquals(await (await fetch(url)).bytes(), bytes);
  }
  await server.shutdown();
});
