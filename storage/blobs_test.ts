import { assert, assertEquals } from "@std/assert";
import { concatenate } from "./concatenate.ts";
import { patternBytes, textBytes } from "./contract/bytes.ts";
import type { Blob, BlobContent } from "./blobs.ts";
import { digestBytes } from "./digest.ts";
import { blobData, encodeLink, layerLink, layersDirectory } from "./layout.ts";
import { BLOB_BUFFERED_BYTES_MAX, BLOB_CACHE_ENTRY_BYTES_MAX } from "./limits.ts";
import { MemoryDriver } from "./memory.ts";
import { openStore, type Store } from "./store.ts";
import { digestOf, filesOf, pushBlob, Recorder, repository, writeFiles } from "./store_kit.ts";

const NAME = repository("library/alpine");
const OTHER = repository("library/other");
const ONE = digestOf("one");

function openWithClock(): { driver: MemoryDriver; store: Store; clock: { nowMs: number } } {
  const clock = { nowMs: 1_000 };
  const driver = new MemoryDriver({ clock: () => clock.nowMs });
  return { driver, store: openStore(driver), clock };
}

async function bytesOf(content: BlobContent | null): Promise<Uint8Array | null> {
  return content instanceof ReadableStream ? concatenate(await Array.fromAsync(content)) : content;
}

async function blobOf(store: Store, bytes: Uint8Array): Promise<Blob> {
  const blob = await store.blobs.stat(NAME, await pushBlob(store, NAME, bytes));
  assert(blob !== null);
  return blob;
}

Deno.test("Blobs.stat() tells digest, size and time", async () => {
  const { store } = openWithClock();
  await pushBlob(store, NAME, textBytes("one"));
  const blob = { digest: ONE, size: 3, modifiedMs: 1_000 };
  assertEquals(await store.blobs.stat(NAME, ONE), blob);
  assertEquals(await store.blobs.statContent(ONE), blob);
});

Deno.test("Blobs.stat() is null in a repository without the link", async () => {
  const { store } = openWithClock();
  await pushBlob(store, NAME, textBytes("one"));
  assertEquals(await store.blobs.stat(OTHER, ONE), null);
  assertEquals(await store.blobs.touch(OTHER, ONE), false);
});

Deno.test("Blobs.stat() is null where the bytes are gone", async () => {
  const { driver, store } = openWithClock();
  await pushBlob(store, NAME, textBytes("one"));
  driver.remove(blobData(ONE));
  assertEquals(await store.blobs.stat(NAME, ONE), null);
  assertEquals(await store.blobs.statContent(ONE), null);
  assertEquals(await store.blobs.touch(NAME, ONE), false);
  assertEquals(await store.blobs.touchContent(ONE), false);
  assertEquals(await store.blobs.mount(OTHER, NAME, ONE), null);
  assertEquals(await store.blobs.remove(NAME, ONE), false);
});

Deno.test("Blobs.stat() is null where the link is damaged", async () => {
  const { driver, store } = openWithClock();
  await pushBlob(store, NAME, textBytes("one"));
  for (const link of ["", ONE.slice(0, -1), `${ONE}\n`, `${ONE}0`, "junk", "x".repeat(10_000)]) {
    driver.put(layerLink(NAME, ONE), textBytes(link));
    assertEquals(await store.blobs.stat(NAME, ONE), null, link.slice(0, 100));
    assertEquals(await store.blobs.touch(NAME, ONE), false);
  }
});

Deno.test("Blobs.stat() follows an alias as distribution writes it", async () => {
  const { driver, store } = openWithClock();
  const alias = digestOf("one", "sha512");
  await pushBlob(store, NAME, textBytes("one"));
  driver.put(layerLink(NAME, alias), encodeLink(ONE));
  const blob = await store.blobs.stat(NAME, alias);
  assertEquals(blob, { digest: ONE, size: 3, modifiedMs: 1_000 });
  assert(blob !== null);
  assertEquals(await bytesOf(await store.blobs.read(blob, { start: 0, end: 3 })), textBytes("one"));
  assertEquals(await store.blobs.touch(NAME, alias), true);
});

Deno.test("Blobs.mount() links an alias with what it stands for, and remove() takes the alias alone", async () => {
  const { driver, store } = openWithClock();
  const alias = digestOf("one", "sha512");
  await pushBlob(store, NAME, textBytes("one"));
  driver.put(layerLink(NAME, alias), encodeLink(ONE));
  assertEquals((await store.blobs.mount(OTHER, NAME, alias))?.digest, ONE);
  assertEquals((await store.blobs.stat(OTHER, alias))?.digest, ONE);
  assertEquals((await store.blobs.stat(OTHER, ONE))?.digest, ONE);
  assertEquals(await store.blobs.remove(OTHER, alias), true);
  assertEquals(await store.blobs.stat(OTHER, alias), null);
  assertEquals((await store.blobs.stat(OTHER, ONE))?.digest, ONE);
});

Deno.test("Blobs.mount() makes the bytes young and copies none", async () => {
  const { driver, store, clock } = openWithClock();
  await pushBlob(store, NAME, textBytes("one"));
  const before = await filesOf(driver);
  clock.nowMs = 5_000;
  assertEquals((await store.blobs.mount(OTHER, NAME, ONE))?.size, 3);
  assertEquals((await store.blobs.stat(OTHER, ONE))?.modifiedMs, 5_000);
  assertEquals(await filesOf(driver), {
    ...before,
    [`repositories/${OTHER}/_layers/sha256/${ONE.slice(7)}/link`]: ONE,
  });
});

Deno.test("Blobs.mount() is null where the source has no such blob", async () => {
  const { driver, store } = openWithClock();
  await pushBlob(store, NAME, textBytes("one"));
  assertEquals(await store.blobs.mount(OTHER, NAME, digestOf("two")), null);
  assertEquals(await store.blobs.mount(NAME, OTHER, ONE), null);
  assertEquals(driver.stat(layersDirectory(OTHER)), null);
});

Deno.test("Blobs.touch() makes the bytes young", async () => {
  const { store, clock } = openWithClock();
  await pushBlob(store, NAME, textBytes("one"));
  clock.nowMs = 7_000;
  assertEquals(await store.blobs.touch(NAME, ONE), true);
  assertEquals((await store.blobs.statContent(ONE))?.modifiedMs, 7_000);
});

Deno.test("Blobs.remove() takes a blob from one repository alone", async () => {
  const { driver, store } = openWithClock();
  await pushBlob(store, NAME, textBytes("one"));
  await store.blobs.mount(OTHER, NAME, ONE);
  assertEquals(await store.blobs.remove(NAME, ONE), true);
  assertEquals(await store.blobs.remove(NAME, ONE), false);
  assertEquals(await store.blobs.stat(NAME, ONE), null);
  assertEquals((await store.blobs.stat(OTHER, ONE))?.size, 3);
  assertEquals(driver.stat(layersDirectory(NAME)), null);
  assertEquals(driver.get(blobData(ONE), 10), textBytes("one"));
});

Deno.test("Blobs.remove() leaves the other blobs of the repository, and a push brings it back", async () => {
  const { store } = openWithClock();
  await pushBlob(store, NAME, textBytes("one"));
  await pushBlob(store, NAME, textBytes("two"));
  await store.blobs.remove(NAME, ONE);
  assertEquals((await store.blobs.stat(NAME, digestOf("two")))?.size, 3);
  await pushBlob(store, NAME, textBytes("one"));
  assertEquals((await store.blobs.stat(NAME, ONE))?.size, 3);
});

Deno.test("Blobs.read() gives any span, of small and large blobs", async () => {
  const { store } = openWithClock();
  const sizes = [0, 1, 100, BLOB_BUFFERED_BYTES_MAX, BLOB_BUFFERED_BYTES_MAX + 1];
  for (const size of sizes) {
    const bytes = patternBytes(size, size);
    const blob = await blobOf(store, bytes);
    for (const [start, end] of [[0, size], [0, size >> 1], [size >> 1, size]] as const) {
      const content = await bytesOf(await store.blobs.read(blob, { start, end }));
      assertEquals(content, bytes.subarray(start, end));
    }
  }
});

Deno.test("Blobs.read() is null where the bytes are gone", async () => {
  const { driver, store } = openWithClock();
  for (const size of [10, BLOB_BUFFERED_BYTES_MAX + 1]) {
    const blob = await blobOf(store, patternBytes(size, 1));
    driver.remove(blobData(blob.digest));
    assertEquals(await store.blobs.read(blob, { start: 0, end: size }), null);
    assertEquals(await store.blobs.read(blob, { start: 1, end: size }), null);
  }
});

Deno.test("Blobs.readSmall() reads a small blob from disk once", async () => {
  const recorder = new Recorder(new MemoryDriver());
  const store = openStore(recorder.driver);
  const reads = (): number =>
    recorder.operations.filter((operation) => operation.startsWith("get blobs/")).length;
  const small = await blobOf(store, patternBytes(BLOB_CACHE_ENTRY_BYTES_MAX, 1));
  const large = await blobOf(store, patternBytes(BLOB_CACHE_ENTRY_BYTES_MAX + 1, 2));
  for (let count = 0; count < 3; count++) await store.blobs.readSmall(small);
  assertEquals(reads(), 1);
  for (let count = 0; count < 3; count++) await store.blobs.readSmall(large);
  assertEquals(reads(), 4);
});

Deno.test("Blobs.readSmall() gives the mended bytes once a damaged blob was pushed again", async () => {
  const { driver, store } = openWithClock();
  const blob = await blobOf(store, textBytes("one"));
  driver.put(blobData(ONE), textBytes("0ne"));
  assertEquals(await store.blobs.readSmall(blob), textBytes("0ne"));
  await pushBlob(store, NAME, textBytes("one"));
  assertEquals(await store.blobs.readSmall(blob), textBytes("one"));
});

Deno.test("Blobs are not confused by a directory where bytes should be", async () => {
  const { driver, store } = openWithClock();
  await writeFiles(driver, { [`blobs/sha256/${ONE.slice(7, 9)}/${ONE.slice(7)}/data/x`]: "" });
  await store.blobs.link(NAME, ONE);
  assertEquals(await store.blobs.stat(NAME, ONE), null);
});

Deno.test("Blobs of one digest are kept once for all repositories", async () => {
  const { driver, store } = openWithClock();
  for (const name of [NAME, OTHER]) await pushBlob(store, name, textBytes("one"));
  const hex = ONE.slice(7);
  assertEquals(await filesOf(driver), {
    [`blobs/sha256/${hex.slice(0, 2)}/${hex}/data`]: "one",
    [`repositories/${NAME}/_layers/sha256/${hex}/link`]: ONE,
    [`repositories/${OTHER}/_layers/sha256/${hex}/link`]: ONE,
  });
});

Deno.test("Blobs of sha512 are kept under their own algorithm", async () => {
  const { driver, store } = openWithClock();
  const digest = await pushBlob(store, NAME, textBytes("one"), "sha512");
  const hex = digestBytes(textBytes("one"), "sha512").slice(7);
  assertEquals(await filesOf(driver), {
    [`blobs/sha512/${hex.slice(0, 2)}/${hex}/data`]: "one",
    [`repositories/${NAME}/_layers/sha512/${hex}/link`]: digest,
  });
});
