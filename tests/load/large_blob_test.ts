import { assertEquals, assertLess } from "@std/assert";
import { RunningDigest } from "../../storage/digest.ts";
import { withBerth } from "../harness.ts";
import { noise } from "../images.ts";
import { RegistryClient } from "../push.ts";
import { peakResidentBytes } from "./memory.ts";
import { type BodyFraming, RawPatch } from "./raw_patch.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
const BLOB_BYTES = 1024 * MIB;
/** What Docker sends as one chunk, in bytes. */
const CHUNK_BYTES = 32 * KIB;
/** What the server may have resident at most, with two workers, in bytes. */
const RESIDENT_BYTES_MAX = 200 * MIB;
const REPOSITORY = "load/large";
const ON_LINUX = Deno.build.os === "linux";
const LINUX_ONLY = ON_LINUX ? "" : " (skipped: only Linux tells the peak in /proc)";

/** Pushes a blob that is made while it is sent, pulls it again, and looks at the memory of the server. */
function pushAndPull(framing: BodyFraming, pieceBytes: number): Promise<void> {
  return withBerth(async (server) => {
    const registry = new RegistryClient(server.url);
    const location = new URL(await registry.beginUpload(REPOSITORY), server.url);
    const patch = await RawPatch.open(location, framing);
    const sent = new RunningDigest("sha256");
    while (sent.size < BLOB_BYTES) {
      const piece = noise(sent.size, pieceBytes);
      sent.update(piece);
      await patch.send(piece);
    }
    const digest = sent.current();
    await registry.closeUpload(await patch.finish(), digest);
    assertEquals(await registry.pullDigest(REPOSITORY, digest), digest);
    assertLess(await peakResidentBytes(server.pid), RESIDENT_BYTES_MAX);
  }, ["--workers", "2"]);
}

Deno.test({
  name: `serve pushes and pulls 1 GiB of known length in less than 200 MiB of memory${LINUX_ONLY}`,
  ignore: !ON_LINUX,
  fn: () => pushAndPull(BLOB_BYTES, MIB),
});

Deno.test({
  name: `serve pushes and pulls 1 GiB in chunks in less than 200 MiB of memory${LINUX_ONLY}`,
  ignore: !ON_LINUX,
  fn: () => pushAndPull("chunked", CHUNK_BYTES),
});
