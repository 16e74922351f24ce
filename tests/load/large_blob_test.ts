import { assertEquals, assertLess } from "@std/assert";
import { type Digest, RunningDigest } from "../../storage/digest.ts";
import { withBerth } from "../harness.ts";
import { noise } from "../images.ts";
import { RegistryClient } from "../push.ts";
import { peakResidentBytes } from "./memory.ts";

const MIB = 1024 * 1024;
const BLOB_MIB = 1024;
/** What the server may have resident at most, with two workers, in bytes. */
const RESIDENT_BYTES_MAX = 200 * MIB;
const REPOSITORY = "load/large";
const ON_LINUX = Deno.build.os === "linux";

/** Bytes that are made while they are sent, and their digest once they are. */
function makeStream(sizeMib: number): { body: ReadableStream<Uint8Array>; digest: () => Digest } {
  const sent = new RunningDigest("sha256");
  let count = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller): void {
      if (count === sizeMib) return controller.close();
      const piece = noise(count++, MIB);
      sent.update(piece);
      controller.enqueue(piece);
    },
  });
  return { body, digest: () => sent.current() };
}

Deno.test({
  name: "serve pushes and pulls 1 GiB with the right bytes and less than 200 MiB resident" +
    (ON_LINUX ? "" : " (skipped: only Linux tells the peak in /proc)"),
  ignore: !ON_LINUX,
  fn: () =>
    withBerth(async (server) => {
      const registry = new RegistryClient(server.url);
      const { body, digest } = makeStream(BLOB_MIB);
      await registry.pushStream(REPOSITORY, body, digest);
      assertEquals(await registry.pullDigest(REPOSITORY, digest()), digest());
      assertLess(await peakResidentBytes(server.pid), RESIDENT_BYTES_MAX);
    }, ["--workers", "2"]),
});
