import { assert, assertEquals } from "@std/assert";
import type { Awaitable } from "./awaitable.ts";
import type { StorageDriver } from "./driver.ts";
import { blobData, layerLink, revisionLink, storeRoot, tagCurrentLink } from "./layout.ts";
import { SIGHTING_MS } from "./limits.ts";
import { MemoryDriver } from "./memory.ts";
import { openStore, type Store } from "./store.ts";
import { pushImage, Recorder, repository, tagOf } from "./store_kit.ts";

const NAME = repository("library/alpine");
const OTHER = repository("library/other");
const TAG = tagOf("latest");
const OLD = tagOf("old");
const STABLE = tagOf("stable");

/** A store for which no time goes by. */
function openAtOnce(driver: StorageDriver): Store {
  return openStore(driver, { nowMs: () => 0 });
}

/** What a function does to the driver, without the directory that makes it a store. */
async function operationsOf(recorder: Recorder, act: () => Awaitable<unknown>): Promise<string[]> {
  recorder.operations.length = 0;
  await act();
  return [...recorder.operations];
}

function get(path: string): string {
  return `get ${path.slice(storeRoot.length + 1)}`;
}

Deno.test("Manifests.find() and findTagged() look at one link of what they gave a moment ago", async () => {
  const recorder = new Recorder(new MemoryDriver());
  const store = openAtOnce(recorder.driver);
  const { manifests } = store;
  const { digest, bytes } = await pushImage(store, NAME, "one", { tags: [TAG] });
  const byTag = (): Awaitable<unknown> => manifests.findTagged(NAME, TAG);
  const byDigest = (): Awaitable<unknown> => manifests.find(NAME, digest);
  assertEquals((await manifests.findTagged(NAME, TAG))?.bytes, new Uint8Array(bytes));
  assertEquals(await operationsOf(recorder, byTag), [get(tagCurrentLink(NAME, TAG))]);
  assertEquals(await operationsOf(recorder, byDigest), [get(revisionLink(NAME, digest))]);
});

Deno.test("Manifests.findTagged() is null as soon as the tag or its manifest is deleted elsewhere", async () => {
  for (const isByDigest of [true, false]) {
    const driver = new MemoryDriver();
    const [here, elsewhere] = [openAtOnce(driver), openAtOnce(driver)];
    const { digest } = await pushImage(here, NAME, "one", { tags: [TAG] });
    assertEquals((await here.manifests.findTagged(NAME, TAG))?.digest, digest);
    if (isByDigest) await elsewhere.manifests.remove(NAME, digest);
    else await elsewhere.tags.remove(NAME, TAG);
    assertEquals(await here.manifests.findTagged(NAME, TAG), null);
    assertEquals(await here.manifests.find(NAME, digest) === null, isByDigest);
  }
});

Deno.test("Manifests.findTagged() gives the new manifest as soon as the tag is given to it elsewhere", async () => {
  const driver = new MemoryDriver();
  const [here, elsewhere] = [openAtOnce(driver), openAtOnce(driver)];
  for (const text of ["one", "two", "one"]) {
    const { digest } = await pushImage(elsewhere, NAME, text, { tags: [TAG] });
    assertEquals((await here.manifests.findTagged(NAME, TAG))?.digest, digest);
  }
});

Deno.test("Manifests.find() gives nothing to a repository that does not link it", async () => {
  const store = openAtOnce(new MemoryDriver());
  const { manifests } = store;
  const { digest } = await pushImage(store, NAME, "one", { tags: [TAG] });
  assert(await manifests.findTagged(NAME, TAG) !== null);
  assertEquals(await manifests.find(OTHER, digest), null);
  assertEquals(await manifests.findTagged(OTHER, TAG), null);
});

Deno.test("Blobs.find() looks at the link of a blob that is in memory, and at its bytes too while it is not", async () => {
  const recorder = new Recorder(new MemoryDriver());
  const store = openAtOnce(recorder.driver);
  const { blobs: [digest] } = await pushImage(store, NAME, "one");
  assert(digest !== undefined);
  const find = (): Awaitable<unknown> => store.blobs.find(NAME, digest);
  const link = get(layerLink(NAME, digest));
  const data = `stat ${blobData(digest).slice(storeRoot.length + 1)}`;
  assertEquals(await operationsOf(recorder, find), [link, data]);
  assertEquals(await operationsOf(recorder, find), [link, data]);
  const blob = await store.blobs.find(NAME, digest);
  assert(blob !== null && await store.blobs.readSmall(blob) !== null);
  assertEquals(await operationsOf(recorder, find), [link, data]);
  assertEquals(await operationsOf(recorder, find), [link]);
});

Deno.test("Blobs.find() is null as soon as a blob is deleted elsewhere or quarantined here", async () => {
  const driver = new MemoryDriver();
  const [here, elsewhere] = [openAtOnce(driver), openAtOnce(driver)];
  const { blobs: digests } = await pushImage(here, NAME, "one");
  for (const digest of digests) {
    for (let times = 0; times < 2; times++) {
      const blob = await here.blobs.find(NAME, digest);
      assert(blob !== null && await here.blobs.readSmall(blob) !== null);
    }
  }
  const [removed, quarantined] = digests;
  assert(removed !== undefined && quarantined !== undefined);
  await elsewhere.blobs.remove(NAME, removed);
  await here.blobs.quarantine(quarantined);
  assertEquals(await here.blobs.find(NAME, removed), null);
  assertEquals(await here.blobs.find(NAME, quarantined), null);
});

Deno.test("Referrers.describe() looks at a link once in a moment, and not at all once it is off the list", async () => {
  const recorder = new Recorder(new MemoryDriver());
  const [here, elsewhere] = [openAtOnce(recorder.driver), openAtOnce(recorder.driver)];
  const subject = await pushImage(here, NAME, "one");
  const { digest } = await pushImage(here, NAME, "two", { subject: subject.digest });
  const list = (): Promise<unknown> => here.referrers.list(NAME, subject.digest);
  const describe = (): Promise<unknown> => here.referrers.describe(NAME, subject.digest, digest);
  assertEquals(await list(), [digest]);
  const first = await operationsOf(recorder, describe);
  assertEquals(first[0], `stat ${revisionLink(NAME, digest).slice(storeRoot.length + 1)}`);
  assertEquals(await operationsOf(recorder, describe), []);
  await elsewhere.manifests.remove(NAME, digest);
  assertEquals(await list(), []);
});

Deno.test("Tags.list() looks at a link once in a moment, and not at all once its directory is gone", async () => {
  const recorder = new Recorder(new MemoryDriver());
  const [here, elsewhere] = [openAtOnce(recorder.driver), openAtOnce(recorder.driver)];
  const { digest } = await pushImage(here, NAME, "one", { tags: [TAG, STABLE] });
  await pushImage(here, NAME, "two", { tags: [OLD] });
  assertEquals(await here.tags.list(NAME), [TAG, OLD, STABLE]);
  const looks = await operationsOf(recorder, () => here.tags.list(NAME));
  assertEquals(looks.filter((operation) => !operation.startsWith("list ")), []);
  await elsewhere.tags.remove(NAME, OLD);
  assertEquals(await here.tags.list(NAME), [TAG, STABLE]);
  await elsewhere.manifests.remove(NAME, digest);
  assertEquals(await here.tags.list(NAME), []);
});

Deno.test("Manifests.findTagged() and Blobs.find() notice after a moment that bytes are gone", async () => {
  const driver = new MemoryDriver();
  let nowMs = 0;
  const store = openStore(driver, { nowMs: () => nowMs });
  const { manifests, blobs } = store;
  const image = await pushImage(store, NAME, "one", { tags: [TAG] });
  const [layer] = image.blobs;
  assert(layer !== undefined);
  const found = await blobs.find(NAME, layer);
  assert(found !== null && await blobs.readSmall(found) !== null);
  assert(await manifests.findTagged(NAME, TAG) !== null && await blobs.find(NAME, layer) !== null);
  for (const digest of [image.digest, layer]) await driver.remove(blobData(digest));
  nowMs = SIGHTING_MS;
  assertEquals(await manifests.findTagged(NAME, TAG), null);
  assertEquals(await manifests.find(NAME, image.digest), null);
  assertEquals(await blobs.find(NAME, layer), null);
});
