import { assertEquals, assertRejects } from "@std/assert";
import { MANIFEST_BYTES_MAX } from "../storage/limits.ts";
import { brokenBody, bytesOf } from "./app_kit.ts";
import { RegistryError } from "./errors.ts";
import { readManifestBody } from "./manifest_body.ts";

function requestOf(
  body: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | null,
  headers: Readonly<Record<string, string>> = {},
): Request {
  return new Request("http://registry.test/", { method: "PUT", headers, body });
}

async function refusal(request: Request): Promise<readonly [number, string | undefined]> {
  const error = await assertRejects(() => readManifestBody(request), RegistryError);
  return [error.status, error.entries[0]?.code];
}

Deno.test("readManifestBody() puts the pieces together", async () => {
  const pieces = ReadableStream.from([bytesOf("ab"), bytesOf(""), bytesOf("c")]);
  assertEquals(await readManifestBody(requestOf(pieces)), bytesOf("abc"));
  assertEquals(await readManifestBody(requestOf(null)), new Uint8Array());
  assertEquals(await readManifestBody(requestOf(bytesOf(""))), new Uint8Array());
});

Deno.test("readManifestBody() takes 4 MiB and no byte more", async () => {
  const largest = new Uint8Array(MANIFEST_BYTES_MAX);
  assertEquals((await readManifestBody(requestOf(largest))).length, MANIFEST_BYTES_MAX);
  const larger = new Uint8Array(MANIFEST_BYTES_MAX + 1);
  assertEquals(await refusal(requestOf(larger)), [413, "MANIFEST_INVALID"]);
});

Deno.test("readManifestBody() refuses a length that is too large before it reads", async () => {
  const headers = { "Content-Length": String(MANIFEST_BYTES_MAX + 1) };
  const request = requestOf(bytesOf("x"), headers);
  assertEquals(await refusal(request), [413, "MANIFEST_INVALID"]);
  assertEquals(request.bodyUsed, false);
});

Deno.test("readManifestBody() stops reading a stream that is too large, and lets go of it", async () => {
  let isCancelled = false;
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(1024 * 1024)),
    cancel: () => {
      isCancelled = true;
    },
  });
  assertEquals(await refusal(requestOf(endless)), [413, "MANIFEST_INVALID"]);
  assertEquals(isCancelled, true);
});

Deno.test("readManifestBody() tells of a body that stops half way", async () => {
  assertEquals(await refusal(requestOf(brokenBody("{"))), [400, "SIZE_INVALID"]);
});
