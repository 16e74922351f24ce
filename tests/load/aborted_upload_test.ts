import { assert, assertEquals, assertGreater, assertLessOrEqual } from "@std/assert";
import { withBerth } from "../harness.ts";
import { type Content, makeContent, noise } from "../images.ts";
import { RegistryClient } from "../push.ts";
import { RawPatch } from "./raw_patch.ts";

const MIB = 1024 * 1024;
const BLOB_BYTES = 2 * MIB;
const SENT_BYTES = BLOB_BYTES / 2;
const SLOW_CLIENTS = 50;
const REPOSITORY = "load/partial";
const WORKERS = ["--workers", "2"];

/** Most questions for the state of an upload whose client has gone a moment ago. */
const ATTEMPTS_MAX = 2000;

function makeBlob(seed: number, sizeBytes: number): Content {
  return makeContent("application/octet-stream", noise(seed, sizeBytes));
}

/** How many bytes of an upload the server has. */
async function uploadOffset(registry: RegistryClient, location: string): Promise<number> {
  const { headers } = await registry.expect(204, "GET", location);
  const range = /^0-(\d+)$/.exec(headers.get("range") ?? "");
  assert(range !== null, `Range was "${headers.get("range")}"`);
  return Number(range[1]) + 1;
}

/**
 * Sends what the server says that it lacks, and returns where the upload goes on. The server may still be storing what
 * the lost client had sent: then the answer is 416, and the question is put again.
 */
async function resume(
  registry: RegistryClient,
  location: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<string> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const offset = await uploadOffset(registry, location);
    assertLessOrEqual(offset, SENT_BYTES);
    const { status, headers } = await registry.send("PATCH", location, {
      headers: {
        "Content-Type": "application/octet-stream",
        "Content-Range": `${offset}-${bytes.length - 1}`,
      },
      body: bytes.subarray(offset),
    });
    if (status === 202) {
      assertGreater(offset, 1, "the server kept nothing of what was sent");
      return headers.get("location") ?? "";
    }
    assertEquals(status, 416);
  }
  throw new Error(`The upload could not be resumed in ${ATTEMPTS_MAX} attempts`);
}

async function beginHalf(registry: RegistryClient, base: string, blob: Content): Promise<{
  readonly location: string;
  readonly patch: RawPatch;
}> {
  const location = await registry.beginUpload(REPOSITORY);
  const patch = await RawPatch.open(new URL(location, base), blob.bytes.length);
  await patch.send(blob.bytes.subarray(0, SENT_BYTES));
  return { location, patch };
}

Deno.test("serve resumes an upload whose client went away half way", () =>
  withBerth(async ({ url }) => {
    const registry = new RegistryClient(url);
    const blob = makeBlob(1, BLOB_BYTES);
    const { location, patch } = await beginHalf(registry, url, blob);
    patch.abort();
    await registry.closeUpload(await resume(registry, location, blob.bytes), blob.digest);
    assertEquals(await registry.pullDigest(REPOSITORY, blob.digest), blob.digest);
  }, WORKERS));

Deno.test("serve resumes many uploads whose clients all went away at once", () =>
  withBerth(async ({ url }) => {
    const registry = new RegistryClient(url);
    const blob = makeBlob(1, BLOB_BYTES);
    const halves = await Promise.all(
      Array.from({ length: SLOW_CLIENTS }, () => beginHalf(registry, url, blob)),
    );
    for (const { patch } of halves) patch.abort();
    await Promise.all(halves.map(async ({ location }) => {
      await registry.closeUpload(await resume(registry, location, blob.bytes), blob.digest);
    }));
    assertEquals(await registry.pullDigest(REPOSITORY, blob.digest), blob.digest);
  }, WORKERS));

Deno.test("serve answers others while slow clients hold half-sent uploads, and then finishes those", () =>
  withBerth(async ({ url }) => {
    const registry = new RegistryClient(url);
    const blob = makeBlob(1, BLOB_BYTES);
    const halves = await Promise.all(
      Array.from({ length: SLOW_CLIENTS }, () => beginHalf(registry, url, blob)),
    );
    const other = makeBlob(2, BLOB_BYTES);
    await registry.pushBlob(REPOSITORY, other);
    assertEquals(await registry.pullDigest(REPOSITORY, other.digest), other.digest);
    await Promise.all(halves.map(async ({ patch }) => {
      await patch.send(blob.bytes.subarray(SENT_BYTES));
      await registry.closeUpload(await patch.finish(), blob.digest);
    }));
    assertEquals(await registry.pullDigest(REPOSITORY, blob.digest), blob.digest);
  }, WORKERS));
