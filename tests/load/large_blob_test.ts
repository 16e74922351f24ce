import { assertEquals, assertLess } from "@std/assert";
import { type Digest, RunningDigest } from "../../storage/digest.ts";
import { type RunningServer, withBerth } from "../harness.ts";
import { beginUpload, closeUpload, expectStatus, locationOf, pullBlob } from "../push.ts";
import { randomBlocks } from "../random_blocks.ts";
import { peakResidentBytes } from "./memory.ts";

const MIB = 1024 * 1024;
const BLOB_BYTES = 1024 * MIB;
/** What the server may have resident at most, with two workers, in bytes. */
const RESIDENT_BYTES_MAX = 200 * MIB;
const REPOSITORY = "load/large";
const ON_LINUX = Deno.build.os === "linux";

/** Pushes as many random bytes, made while they are sent, and returns their digest. */
async function pushRandomBlob(server: RunningServer, size: number): Promise<Digest> {
  const pushed = new RunningDigest("sha256");
  const blocks = randomBlocks(size);
  const body = new ReadableStream<Uint8Array>({
    pull(controller): void {
      const { done, value } = blocks.next();
      if (done === true) return controller.close();
      pushed.update(value);
      controller.enqueue(value);
    },
  });
  const location = await beginUpload(server.url, REPOSITORY);
  const response = await fetch(location, {
    method: "PATCH",
    headers: { "content-type": "application/octet-stream" },
    body,
  });
  await expectStatus(response, 202, `PATCH ${location.pathname}`);
  await response.body?.cancel();
  const digest = pushed.current();
  await closeUpload(locationOf(response), digest);
  return digest;
}

Deno.test({
  name: "serve pushes and pulls 1 GiB with the right bytes and less than 200 MiB resident" +
    (ON_LINUX ? "" : " (skipped: only Linux tells the peak in /proc)"),
  ignore: !ON_LINUX,
  fn: () =>
    withBerth(async (server) => {
      const digest = await pushRandomBlob(server, BLOB_BYTES);
      assertEquals(await pullBlob(server.url, REPOSITORY, digest), digest);
      assertLess(await peakResidentBytes(server.pid), RESIDENT_BYTES_MAX);
    }, ["--workers", "2"]),
});
