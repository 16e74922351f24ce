import { assert, assertEquals, assertRejects } from "@std/assert";
import { textBytes } from "./contract/bytes.ts";
import { letOthersRun } from "./contract/kit.ts";
import { digestBytes } from "./digest.ts";
import { StorageError } from "./errors.ts";
import { FilesystemDriver } from "./filesystem.ts";
import { blobData, encodeLink, layerLink, revisionDirectory, revisionLink } from "./layout.ts";
import { MANIFEST_BYTES_MAX } from "./limits.ts";
import { OCI_IMAGE, OCI_INDEX } from "./manifest.ts";
import { MemoryDriver } from "./memory.ts";
import { openStore, type Store } from "./store.ts";
import {
  digestOf,
  filesOf,
  imageOf,
  indexOf,
  pushBlob,
  pushImage,
  Recorder,
  repository,
  tagOf,
  withDirectory,
} from "./store_kit.ts";

const NAME = repository("library/alpine");
const OTHER = repository("library/other");
const TAG = tagOf("latest");
const STABLE = tagOf("stable");

function openWithClock(): { driver: MemoryDriver; store: Store; clock: { nowMs: number } } {
  const clock = { nowMs: 1_000 };
  const driver = new MemoryDriver({ clock: () => clock.nowMs });
  return { driver, store: openStore(driver), clock };
}

Deno.test("Manifests.get() gives what put() was given, and its media type", async () => {
  const { store } = openWithClock();
  const image = await pushImage(store, NAME, "one");
  const index = indexOf([image.digest]);
  assertEquals(await store.manifests.put(NAME, index), []);
  for (const [{ digest, bytes }, mediaType] of [[image, OCI_IMAGE], [index, OCI_INDEX]] as const) {
    const manifest = await store.manifests.get(NAME, digest);
    assertEquals(manifest?.digest, digest);
    assertEquals(manifest?.mediaType, mediaType);
    assertEquals(manifest?.bytes, new Uint8Array(bytes));
    assert(await store.manifests.exists(NAME, digest));
  }
});

Deno.test("Manifests.get() is null in another repository", async () => {
  const { store } = openWithClock();
  const { digest } = await pushImage(store, NAME, "one");
  assertEquals(await store.manifests.get(OTHER, digest), null);
  assertEquals(await store.manifests.exists(OTHER, digest), false);
  assertEquals(await store.manifests.remove(OTHER, digest), null);
});

Deno.test("Manifests.get() is null where the link is damaged", async () => {
  const { driver, store } = openWithClock();
  const { digest } = await pushImage(store, NAME, "one");
  for (const link of ["", digest.slice(0, -1), `${digest}\n`, "junk", "x".repeat(10_000)]) {
    driver.put(revisionLink(NAME, digest), textBytes(link));
    assertEquals(await store.manifests.get(NAME, digest), null, link.slice(0, 100));
    assertEquals(await store.manifests.exists(NAME, digest), false);
  }
});

Deno.test("Manifests.get() is null where the bytes are gone", async () => {
  const { driver, store } = openWithClock();
  const { digest } = await pushImage(store, NAME, "one");
  assert(await store.manifests.get(NAME, digest) !== null);
  driver.remove(blobData(digest));
  assertEquals(await store.manifests.get(NAME, digest), null);
  assertEquals(await store.manifests.exists(NAME, digest), false);
});

Deno.test("Manifests.get() is null where the bytes are damaged, and put() mends them", async () => {
  const { driver, store } = openWithClock();
  const image = await pushImage(store, NAME, "one", { tags: [TAG] });
  const other = new Uint8Array(image.bytes);
  other[other.length - 1] = 0;
  for (const damage of [other, image.bytes.subarray(1), new Uint8Array(), textBytes("{}")]) {
    driver.put(blobData(image.digest), damage);
    const fresh = openStore(driver);
    assertEquals(await fresh.manifests.get(NAME, image.digest), null);
    assertEquals(await fresh.manifests.put(NAME, image), []);
    assertEquals((await fresh.manifests.get(NAME, image.digest))?.bytes.length, other.length);
    assertEquals(driver.get(blobData(image.digest), other.length), new Uint8Array(image.bytes));
  }
});

Deno.test("Manifests.get() refuses to read what is too large for a manifest", async () => {
  const { driver, store } = openWithClock();
  const bytes = new Uint8Array(MANIFEST_BYTES_MAX + 1);
  const digest = digestBytes(bytes, "sha256");
  driver.put(blobData(digest), bytes);
  driver.put(revisionLink(NAME, digest), encodeLink(digest));
  const get = (): Promise<unknown> => store.manifests.get(NAME, digest);
  assertEquals((await assertRejects(get, StorageError)).kind, "corrupt");
});

Deno.test("Manifests.get() follows an alias as distribution writes it", async () => {
  const { driver, store } = openWithClock();
  const { digest, bytes } = await pushImage(store, NAME, "one");
  const alias = digestBytes(bytes, "sha512");
  driver.put(revisionLink(NAME, alias), encodeLink(digest));
  assertEquals((await store.manifests.get(NAME, alias))?.digest, digest);
});

Deno.test("Manifests.get() knows no media type of a document that says none", async () => {
  const { store } = openWithClock();
  for (const text of ["{}", "[]", "no json"]) {
    const digest = digestOf(text);
    const manifest = { ...indexOf([]), digest, bytes: textBytes(text) };
    await store.manifests.put(NAME, manifest);
    assertEquals((await store.manifests.get(NAME, digest))?.mediaType, "");
  }
});

Deno.test("Manifests.get() reads a manifest from disk once", async () => {
  const recorder = new Recorder(new MemoryDriver());
  const store = openStore(recorder.driver);
  const { digest } = await pushImage(store, NAME, "one");
  const before = recorder.operations.length;
  for (let count = 0; count < 3; count++) await store.manifests.get(NAME, digest);
  const reads = recorder.operations.slice(before).filter((name) => name.startsWith("get blobs/"));
  assertEquals(reads.length, 1);
});

Deno.test("Manifests.put() tells each missing blob and manifest once, and writes nothing", async () => {
  const { driver, store } = openWithClock();
  await pushBlob(store, NAME, textBytes("config"));
  await pushBlob(store, OTHER, textBytes("layer"));
  const before = await filesOf(driver);
  const [layer, child] = [digestOf("layer"), digestOf("a manifest")];
  const manifest = {
    ...imageOf("config", "layer", { tags: [TAG], subject: digestOf("a subject") }),
    blobs: [layer, digestOf("config"), layer, digestOf("absent"), layer],
    manifests: [child, child],
  };
  assertEquals(await store.manifests.put(NAME, manifest), [layer, digestOf("absent"), child]);
  assertEquals(await filesOf(driver), before);
  assertEquals(await store.tags.resolve(NAME, TAG), null);
});

Deno.test("Manifests.put() does not need the subject", async () => {
  const { store } = openWithClock();
  const image = await pushImage(store, NAME, "one", { subject: digestOf("a subject") });
  assert(await store.manifests.exists(NAME, image.digest));
});

Deno.test("Manifests.put() misses a child whose bytes are gone", async () => {
  const { driver, store } = openWithClock();
  const child = await pushImage(store, NAME, "one");
  driver.remove(blobData(child.digest));
  assertEquals(await store.manifests.put(NAME, indexOf([child.digest])), [child.digest]);
});

Deno.test("Manifests.put() makes everything young that it relies on", async () => {
  const { driver, store, clock } = openWithClock();
  const image = await pushImage(store, NAME, "one");
  clock.nowMs = 5_000;
  await store.manifests.put(NAME, image);
  for (const digest of [image.digest, ...image.blobs]) {
    assertEquals(driver.stat(blobData(digest))?.modifiedMs, 5_000);
  }
  clock.nowMs = 9_000;
  await store.manifests.put(NAME, indexOf([image.digest]));
  assertEquals(driver.stat(blobData(image.digest))?.modifiedMs, 9_000);
  assertEquals(driver.stat(revisionLink(NAME, image.digest))?.modifiedMs, 9_000);
});

Deno.test("Manifests.put() follows the alias of a layer as distribution writes it", async () => {
  const { driver, store } = openWithClock();
  await pushBlob(store, NAME, textBytes("config"));
  const layer = await pushBlob(store, NAME, textBytes("layer"));
  const alias = digestOf("layer", "sha512");
  driver.put(layerLink(NAME, alias), encodeLink(layer));
  const manifest = { ...imageOf("config", "layer"), blobs: [digestOf("config"), alias] };
  assertEquals(await store.manifests.put(NAME, manifest), []);
});

Deno.test("Manifests.put() asks the precondition alone, and writes nothing when it throws", async () => {
  const { driver, store } = openWithClock();
  await pushImage(store, NAME, "one");
  const before = await filesOf(driver);
  const refusal = new TypeError("precondition failed");
  let shared: Promise<boolean> | null = null;
  let hasPassed = false;
  const manifest = {
    ...indexOf([], [TAG]),
    precondition: async (): Promise<void> => {
      shared = store.gate.shared(() => Promise.resolve(hasPassed = true));
      await letOthersRun();
      assertEquals(hasPassed, false);
      throw refusal;
    },
  };
  const error = await assertRejects(() => store.manifests.put(NAME, manifest), TypeError);
  assertEquals(error, refusal);
  assertEquals(await shared, true);
  assertEquals(await filesOf(driver), before);
});

Deno.test("Manifests.put() lets one of many through that all insist on a new tag", async () => {
  const { store } = openWithClock();
  const images = await Promise.all(
    ["a", "b", "c", "d"].map((text) => pushImage(store, NAME, text)),
  );
  const outcomes = await Promise.allSettled(images.map((image) =>
    store.manifests.put(NAME, {
      ...image,
      tags: [TAG],
      precondition: async (): Promise<void> => {
        if (await store.tags.resolve(NAME, TAG) !== null) throw new TypeError("the tag exists");
      },
    })
  ));
  const winner = outcomes.findIndex(({ status }) => status === "fulfilled");
  assertEquals(outcomes.filter(({ status }) => status === "fulfilled").length, 1);
  assertEquals(await store.tags.resolve(NAME, TAG), images[winner]?.digest);
});

Deno.test("Manifests.put() gives all tags", async () => {
  const { store } = openWithClock();
  const image = await pushImage(store, NAME, "one", { tags: [TAG, STABLE] });
  assertEquals(await store.tags.list(NAME), [TAG, STABLE]);
  for (const tag of [TAG, STABLE]) {
    assertEquals(await store.tags.resolve(NAME, tag), image.digest);
  }
});

Deno.test("Manifests.put() of sha512 keeps the manifest under its own algorithm", async () => {
  const { driver, store } = openWithClock();
  const { bytes } = indexOf([]);
  const digest = digestBytes(bytes, "sha512");
  await store.manifests.put(NAME, { ...indexOf([], [TAG]), digest });
  assertEquals((await store.manifests.get(NAME, digest))?.digest, digest);
  assertEquals(await store.tags.resolve(NAME, TAG), digest);
  assertEquals(driver.get(revisionLink(NAME, digest), 1_000), encodeLink(digest));
});

Deno.test("Manifests.remove() takes the tags that name the manifest, and tells them", async () => {
  const { driver, store } = openWithClock();
  const image = await pushImage(store, NAME, "one", { tags: [STABLE, TAG] });
  const other = await pushImage(store, NAME, "two", { tags: [tagOf("other")] });
  assertEquals(await store.manifests.remove(NAME, image.digest), [TAG, STABLE]);
  assertEquals(await store.manifests.get(NAME, image.digest), null);
  assertEquals(await store.manifests.remove(NAME, image.digest), null);
  assertEquals(await store.tags.list(NAME), [tagOf("other")]);
  assertEquals(await store.tags.resolve(NAME, tagOf("other")), other.digest);
  assertEquals(driver.stat(revisionDirectory(NAME, image.digest)), null);
  assert(driver.stat(blobData(image.digest)) !== null, "the bytes stay until they are collected");
});

Deno.test("Manifests.remove() leaves a tag that names another manifest by now", async () => {
  const { store } = openWithClock();
  const image = await pushImage(store, NAME, "one", { tags: [TAG] });
  const other = await pushImage(store, NAME, "two", { tags: [TAG] });
  assertEquals(await store.manifests.remove(NAME, image.digest), []);
  assertEquals(await store.tags.resolve(NAME, TAG), other.digest);
});

Deno.test("Manifests.remove() of one repository leaves it in another", async () => {
  const { store } = openWithClock();
  const image = await pushImage(store, NAME, "one", { tags: [TAG] });
  await pushImage(store, OTHER, "one", { tags: [TAG] });
  await store.manifests.remove(NAME, image.digest);
  assertEquals(await store.tags.resolve(OTHER, TAG), image.digest);
  assert(await store.manifests.get(OTHER, image.digest) !== null);
});

Deno.test("Manifests.put() brings back what remove() took", async () => {
  const { store } = openWithClock();
  const image = await pushImage(store, NAME, "one", { tags: [TAG] });
  for (let round = 0; round < 3; round++) {
    assertEquals(await store.manifests.remove(NAME, image.digest), [TAG]);
    assertEquals(await store.tags.resolve(NAME, TAG), null);
    assertEquals(await store.manifests.put(NAME, image), []);
    assertEquals(await store.tags.resolve(NAME, TAG), image.digest);
    assert(await store.manifests.get(NAME, image.digest) !== null);
  }
});

Deno.test("Manifests.put() and remove() of one manifest at once leave it whole or gone", async () => {
  await withDirectory(async (driver, root) => {
    const [ours, theirs] = [openStore(driver), openStore(new FilesystemDriver(root))];
    const image = await pushImage(ours, NAME, "one", { tags: [TAG] });
    for (let round = 0; round < 10; round++) {
      const [removed, , missing] = await Promise.all([
        ours.manifests.remove(NAME, image.digest),
        theirs.manifests.remove(NAME, image.digest),
        theirs.manifests.put(NAME, image),
        ours.manifests.put(NAME, image),
      ]);
      assertEquals(missing, []);
      assert(removed === null || removed.length <= 1);
      const resolved = await theirs.tags.resolve(NAME, TAG);
      const manifest = await theirs.manifests.get(NAME, image.digest);
      assert(resolved === null || manifest !== null, "the tag must not dangle");
    }
    await ours.manifests.put(NAME, image);
    assertEquals(await theirs.tags.resolve(NAME, TAG), image.digest);
    ours.gate.close();
    theirs.gate.close();
  });
});

Deno.test("Manifests.put() of the same manifest at once succeeds for all", async () => {
  const { store } = openWithClock();
  const image = await pushImage(store, NAME, "one");
  const puts = Array.from({ length: 10 }, () => store.manifests.put(NAME, image));
  assertEquals((await Promise.all(puts)).flat(), []);
  assert(await store.manifests.get(NAME, image.digest) !== null);
});
