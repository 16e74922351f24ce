import { assertEquals, assertStrictEquals } from "@std/assert";
import { textBytes } from "./contract/bytes.ts";
import { RunningDigest } from "./digest.ts";
import { UPLOAD_DIGESTS_MAX } from "./limits.ts";
import { newUploadId } from "./names.ts";
import { digestOf } from "./store_kit.ts";
import { type AnnouncedDigest, UploadDigests } from "./upload_digests.ts";

const ID = newUploadId();

function runningOver(text: string): RunningDigest {
  const running = new RunningDigest("sha256");
  running.update(textBytes(text));
  return running;
}

Deno.test("UploadDigests.take() hands a hash out once, for the size that it has", () => {
  const digests = new UploadDigests();
  const running = runningOver("one");
  digests.keep(ID, running);
  assertStrictEquals(digests.take(ID, 3), running);
  assertEquals(digests.take(ID, 3), null);
});

Deno.test("UploadDigests.take() drops a hash of another size or algorithm", () => {
  const digests = new UploadDigests();
  for (const take of [() => digests.take(ID, 4), () => digests.take(ID, 3, "sha512")]) {
    digests.keep(ID, runningOver("one"));
    assertEquals(take(), null);
    assertEquals(digests.take(ID, 3), null);
  }
});

Deno.test("UploadDigests.drop() forgets what is kept and what was heard", () => {
  const digests = new UploadDigests();
  digests.keep(ID, runningOver("one"));
  digests.hear({ id: ID, size: 3, digest: digestOf("one") });
  digests.drop(ID);
  assertEquals(digests.take(ID, 3), null);
  assertEquals(digests.announced(ID, "sha256", 3), null);
});

Deno.test("UploadDigests.announce() tells id, size and digest, and keeps the hash going", () => {
  const told: AnnouncedDigest[] = [];
  const digests = new UploadDigests((announced) => told.push(announced));
  const running = runningOver("one");
  digests.announce(ID, running);
  running.update(textBytes(" two"));
  digests.announce(ID, running);
  assertEquals(told, [
    { id: ID, size: 3, digest: digestOf("one") },
    { id: ID, size: 7, digest: digestOf("one two") },
  ]);
  new UploadDigests().announce(ID, running);
});

Deno.test("UploadDigests.announced() gives the last that was heard, for its size and algorithm", () => {
  const digests = new UploadDigests();
  digests.hear({ id: ID, size: 3, digest: digestOf("one") });
  digests.hear({ id: ID, size: 7, digest: digestOf("one two") });
  assertEquals(digests.announced(ID, "sha256", 3), null);
  assertEquals(digests.announced(ID, "sha512", 7), null);
  assertEquals(digests.announced(newUploadId(), "sha256", 7), null);
  assertEquals(digests.announced(ID, "sha256", 7), digestOf("one two"));
});

Deno.test("UploadDigests.hear() takes in nothing that is malformed", () => {
  const digests = new UploadDigests();
  digests.hear({ id: "../x", size: 3, digest: digestOf("one") });
  digests.hear({ id: ID, size: 3, digest: "sha256:junk" });
  assertEquals(digests.announced(ID, "sha256", 3), null);
});

Deno.test("UploadDigests keep the hashes of the latest uploads", () => {
  const digests = new UploadDigests();
  const ids = Array.from({ length: UPLOAD_DIGESTS_MAX + 1 }, newUploadId);
  for (const id of ids) digests.keep(id, new RunningDigest("sha256"));
  assertEquals(ids.filter((id) => digests.take(id, 0) === null), ids.slice(0, 1));
});
