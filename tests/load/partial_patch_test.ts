import { assert, assertEquals, assertGreater, assertLessOrEqual, assertMatch } from "@std/assert";
import { digestBytes } from "../../storage/digest.ts";
import { withBerth } from "../harness.ts";
import { beginUpload, closeUpload, expectStatus, locationOf, pullBlob, pushBlob } from "../push.ts";
import { randomBytes } from "../random_blocks.ts";
import { PartialPatch } from "./partial_patch.ts";

const MIB = 1024 * 1024;
const BLOB_BYTES = 8 * MIB;
const SENT_BYTES = BLOB_BYTES / 2;
const SLOW_CLIENTS = 50;
const REPOSITORY = "load/partial";
const WORKERS = ["--workers", "2"];

/** Most questions for the state of an upload whose client has gone a moment ago. */
const ATTEMPTS_MAX = 2000;

/** How many bytes of an upload the server has, and where the rest goes. */
async function uploadStatus(location: URL): Promise<{ offset: number; location: URL }> {
  const response = await fetch(location);
  await expectStatus(response, 204, `GET ${location.pathname}`);
  const range = /^(?:bytes=)?0-(\d+)$/.exec(response.headers.get("range") ?? "");
  assert(range !== null, `Range was "${response.headers.get("range")}"`);
  return { offset: Number(range[1]) + 1, location: locationOf(response) };
}

/**
 * Sends what the server says that it lacks. The server may still be storing what the lost client had sent: then the
 * answer is 416, and the question is put again.
 */
async function resume(begun: URL, content: Uint8Array<ArrayBuffer>): Promise<URL> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const { offset, location } = await uploadStatus(begun);
    assertLessOrEqual(offset, SENT_BYTES);
    const response = await fetch(location, {
      method: "PATCH",
      headers: {
        "content-type": "application/octet-stream",
        "content-range": `${offset}-${content.length - 1}`,
      },
      body: content.subarray(offset),
    });
    await response.body?.cancel();
    if (response.status === 202) {
      assertGreater(offset, 1, "the server kept nothing of what was sent");
      return locationOf(response);
    }
    assertEquals(response.status, 416);
  }
  throw new Error(`The upload could not be resumed in ${ATTEMPTS_MAX} attempts`);
}

Deno.test("serve resumes an upload whose client went away half way", () =>
  withBerth(async (server) => {
    const content = randomBytes(BLOB_BYTES);
    const digest = digestBytes(content, "sha256");
    const location = await beginUpload(server.url, REPOSITORY);
    const patch = await PartialPatch.begin(location, content, SENT_BYTES);
    patch.abort();
    await closeUpload(await resume(location, content), digest);
    assertEquals(await pullBlob(server.url, REPOSITORY, digest), digest);
  }, WORKERS));

Deno.test("serve resumes many uploads whose clients all went away at once", () =>
  withBerth(async (server) => {
    const content = randomBytes(BLOB_BYTES);
    const digest = digestBytes(content, "sha256");
    const locations = await Promise.all(
      Array.from({ length: SLOW_CLIENTS }, () => beginUpload(server.url, REPOSITORY)),
    );
    const patches = await Promise.all(
      locations.map((location) => PartialPatch.begin(location, content, SENT_BYTES)),
    );
    for (const patch of patches) patch.abort();
    await Promise.all(
      locations.map(async (location) => closeUpload(await resume(location, content), digest)),
    );
    assertEquals(await pullBlob(server.url, REPOSITORY, digest), digest);
  }, WORKERS));

Deno.test("serve answers others while slow clients hold half-sent uploads, and then finishes those", () =>
  withBerth(async (server) => {
    const content = randomBytes(MIB);
    const digest = digestBytes(content, "sha256");
    const locations = await Promise.all(
      Array.from({ length: SLOW_CLIENTS }, () => beginUpload(server.url, REPOSITORY)),
    );
    const patches = await Promise.all(
      locations.map((location) => PartialPatch.begin(location, content, MIB / 2)),
    );
    const other = await pushBlob(server.url, REPOSITORY, randomBytes(MIB));
    assertEquals(await pullBlob(server.url, REPOSITORY, other), other);
    const answers = await Promise.all(patches.map((patch) => patch.finish()));
    for (const [index, answer] of answers.entries()) {
      assertMatch(answer, /^HTTP\/1\.1 202 /);
      const next = /^location: (\S+)/im.exec(answer)?.[1] ?? "";
      await closeUpload(new URL(next, locations[index]), digest);
    }
    assertEquals(await pullBlob(server.url, REPOSITORY, digest), digest);
  }, WORKERS));
