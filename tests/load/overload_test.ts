import { assertEquals, assertLess } from "@std/assert";
import { type RunningServer, withBerth } from "../harness.ts";
import { type Content, makeContent, noise } from "../images.ts";
import { RegistryClient } from "../push.ts";
import { withinTime } from "../within_time.ts";
import { peakResidentBytes } from "./memory.ts";
import { RawPatch } from "./raw_patch.ts";
import { SlowClients } from "./slow_clients.ts";

const KIB = 1024;
const MIB = 1024 * KIB;

/** Connections that read nothing of what they asked for. */
const SLOW_READERS = 1_000;
/** Uploads that go on a little at a time. */
const SLOW_WRITERS = 200;
/** Larger than what the system takes in for a reader, so that the server has to wait. */
const BLOB_BYTES = 16 * MIB;
/** What the server may have resident without slow clients, with two workers. */
const RESIDENT_BYTES = 200 * MIB;
/** What it may have for each slow reader: the piece that is being sent, the one after it, and the connection. */
const READER_BYTES_MAX = MIB;
/** What it may have for each slow writer: the piece that is gathered before it is written, and the connection. */
const WRITER_BYTES_MAX = 0.5 * MIB;
/** Longest wait for an answer that has to come while others are slow; a loaded machine takes its time. */
const PROMPT_MS = 20_000;
/** Answers that have to come so. */
const PROMPT_ANSWERS = 20;

const REPOSITORY = "load/overload";
const WORKERS = ["--workers", "2"];
const ON_LINUX = Deno.build.os === "linux";
const LINUX_ONLY = ON_LINUX ? "" : " (skipped: only Linux tells the peak in /proc)";

function makeBlob(seed: number, bytes: number): Content {
  return makeContent("application/octet-stream", noise(seed, bytes));
}

/** Throws unless the server answers, takes a blob and gives it back, each within the time. */
async function assertServes({ url }: RunningServer): Promise<void> {
  for (let count = 0; count < PROMPT_ANSWERS; count++) {
    const answer = await fetch(`${url}/v2/`, { signal: AbortSignal.timeout(PROMPT_MS) });
    await answer.body?.cancel();
    assertEquals(answer.status, 200);
  }
  const registry = new RegistryClient(url);
  const blob = makeBlob(2, MIB);
  await withinTime(registry.pushBlob(REPOSITORY, blob), PROMPT_MS);
  const pulled = await withinTime(registry.pullDigest(REPOSITORY, blob.digest), PROMPT_MS);
  assertEquals(pulled, blob.digest);
}

Deno.test("serve answers while 1,000 connections say nothing, or half of a request", () =>
  withBerth(async (server) => {
    using _idle = await SlowClients.open(server.host, SLOW_READERS / 2, "");
    using _half = await SlowClients.open(server.host, SLOW_READERS / 2, "GET /v2/ HTTP/1.1\r\nHo");
    await assertServes(server);
    if (ON_LINUX) assertLess(await peakResidentBytes(server.pid), RESIDENT_BYTES);
  }, WORKERS));

Deno.test({
  name:
    `serve answers while 1,000 clients do not read what they asked for, in bounded memory${LINUX_ONLY}`,
  ignore: !ON_LINUX,
  fn: () =>
    withBerth(async (server) => {
      const blob = makeBlob(1, BLOB_BYTES);
      await new RegistryClient(server.url).pushBlob(REPOSITORY, blob);
      const request = `GET /v2/${REPOSITORY}/blobs/${blob.digest} HTTP/1.1\r\nHost: a\r\n\r\n`;
      using readers = await SlowClients.open(server.host, SLOW_READERS, request);
      const heads = new Set(await readers.readFirst("HTTP/1.1 200".length));
      assertEquals([...heads], ["HTTP/1.1 200"]);
      await assertServes(server);
      const bytesMax = RESIDENT_BYTES + SLOW_READERS * READER_BYTES_MAX;
      assertLess(await peakResidentBytes(server.pid), bytesMax);
    }, WORKERS),
});

Deno.test({
  name:
    `serve answers while 200 uploads creep, in bounded memory, and takes them whole${LINUX_ONLY}`,
  ignore: !ON_LINUX,
  fn: () =>
    withBerth(async (server) => {
      const registry = new RegistryClient(server.url);
      const blob = makeBlob(1, 128 * KIB);
      const patches = await Promise.all(Array.from({ length: SLOW_WRITERS }, async () => {
        const location = await registry.beginUpload(REPOSITORY);
        return await RawPatch.open(new URL(location, server.url), blob.bytes.length);
      }));
      const pieceBytes = 16 * KIB;
      for (let sent = 0; sent < blob.bytes.length; sent += pieceBytes) {
        const piece = blob.bytes.subarray(sent, sent + pieceBytes);
        for (const patch of patches) await patch.send(piece);
        if (sent === 0) await assertServes(server);
      }
      await Promise.all(patches.map(async (patch) => {
        await registry.closeUpload(await patch.finish(), blob.digest);
      }));
      assertEquals(await registry.pullDigest(REPOSITORY, blob.digest), blob.digest);
      const bytesMax = RESIDENT_BYTES + SLOW_WRITERS * WRITER_BYTES_MAX;
      assertLess(await peakResidentBytes(server.pid), bytesMax);
    }, WORKERS),
});
