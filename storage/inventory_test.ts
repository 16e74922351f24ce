import { assertEquals } from "@std/assert";
import { textBytes } from "./contract/bytes.ts";
import {
  blobData,
  blobsRoot,
  layerLink,
  repositoriesRoot,
  repositoryDirectory,
  revisionLink,
  tagCurrentLink,
} from "./layout.ts";
import { MemoryDriver } from "./memory.ts";
import { openStore, type Store } from "./store.ts";
import { digestOf, pushBlob, pushImage, repository, tagOf, writeFiles } from "./store_kit.ts";

const NAME = repository("library/alpine");
const TAG = tagOf("latest");
const ONE = digestOf("one");

function openWithClock(): { driver: MemoryDriver; store: Store } {
  const driver = new MemoryDriver({ clock: () => 1_000 });
  return { driver, store: openStore(driver) };
}

Deno.test("Blobs.all() gives every digest that has a directory, and no foreign names", async () => {
  const { driver, store } = openWithClock();
  const digests = [
    await pushBlob(store, NAME, textBytes("one")),
    await pushBlob(store, NAME, textBytes("one"), "sha384"),
    await pushBlob(store, NAME, textBytes("one"), "sha512"),
  ];
  const two = digestOf("two").slice(7);
  await writeFiles(driver, {
    [`blobs/sha256/${two.slice(0, 2)}/${two}/other`]: "",
    "blobs/sha256/junk/junk/data": "",
    [`blobs/md5/${two.slice(0, 2)}/${two}/data`]: "",
    "blobs/sha256/file": "",
  });
  const all = await Array.fromAsync(store.blobs.all());
  assertEquals(all.sort(), [...digests, digestOf("two")].sort());
});

Deno.test("Blobs.links() gives what a repository links, whether the bytes are there or not", async () => {
  const { driver, store } = openWithClock();
  await pushBlob(store, NAME, textBytes("one"));
  await pushBlob(store, NAME, textBytes("two"));
  driver.remove(blobData(ONE));
  const links = await Array.fromAsync(store.blobs.links(NAME));
  assertEquals(links.sort(), [ONE, digestOf("two")].sort());
  assertEquals(await Array.fromAsync(store.blobs.links(repository("other"))), []);
});

Deno.test("Blobs.usedMs() is the time of the link or of the bytes it leads to, the later one", async () => {
  let nowMs = 1_000;
  const driver = new MemoryDriver({ clock: () => nowMs });
  const store = openStore(driver);
  assertEquals(await store.blobs.usedMs(NAME, ONE), 0);
  await pushBlob(store, NAME, textBytes("one"));
  const alias = digestOf("one", "sha512");
  driver.put(layerLink(NAME, alias), textBytes(ONE));
  assertEquals(await store.blobs.usedMs(NAME, ONE), 1_000);
  nowMs = 2_000;
  await store.blobs.touchContent(ONE);
  assertEquals(await store.blobs.usedMs(NAME, ONE), 2_000);
  assertEquals(await store.blobs.usedMs(NAME, alias), 2_000);
  nowMs = 3_000;
  driver.put(layerLink(NAME, ONE), textBytes("junk"));
  assertEquals(await store.blobs.usedMs(NAME, ONE), 3_000);
});

Deno.test("Blobs.statLink() tells what a link holds, be it damaged", async () => {
  const { driver, store } = openWithClock();
  assertEquals(await store.blobs.statLink(NAME, ONE), null);
  await pushBlob(store, NAME, textBytes("one"));
  assertEquals(await store.blobs.statLink(NAME, ONE), { target: ONE, modifiedMs: 1_000 });
  driver.put(layerLink(NAME, ONE), textBytes("junk"));
  assertEquals(await store.blobs.statLink(NAME, ONE), { target: null, modifiedMs: 1_000 });
});

Deno.test("Blobs.unlink() and removeContent() leave no empty directories", async () => {
  const { driver, store } = openWithClock();
  await pushBlob(store, NAME, textBytes("one"));
  await store.blobs.unlink(NAME, ONE);
  assertEquals(await store.blobs.stat(NAME, ONE), null);
  assertEquals((await store.blobs.statContent(ONE))?.size, 3);
  await store.blobs.removeContent(ONE);
  assertEquals(await store.blobs.statContent(ONE), null);
  assertEquals(driver.list(blobsRoot), []);
});

Deno.test("Manifests.revisions() gives every link, be it damaged, and removeRevision() takes one", async () => {
  const { driver, store } = openWithClock();
  const subject = digestOf("a subject");
  const first = await pushImage(store, NAME, "one", { subject });
  const second = await pushImage(store, NAME, "two");
  driver.put(revisionLink(NAME, second.digest), textBytes(""));
  const revisions = await Array.fromAsync(store.manifests.revisions(NAME));
  assertEquals(
    revisions.toSorted((a, b) => a.digest < b.digest ? -1 : 1),
    [
      { digest: first.digest, target: first.digest, modifiedMs: 1_000 },
      { digest: second.digest, target: null, modifiedMs: 1_000 },
    ].toSorted((a, b) => a.digest < b.digest ? -1 : 1),
  );
  await store.manifests.removeRevision(NAME, first.digest, subject);
  assertEquals(await store.manifests.get(NAME, first.digest), null);
  assertEquals(await store.manifests.statRevision(NAME, first.digest), null);
  assertEquals(await store.referrers.list(NAME, subject), []);
});

Deno.test("Tags.entries() gives every directory of a tag, whatever its link is worth", async () => {
  const { driver, store } = openWithClock();
  const image = await pushImage(store, NAME, "one", { tags: ["a", "b", "c"].map(tagOf) });
  driver.put(tagCurrentLink(NAME, tagOf("b")), textBytes(""));
  driver.remove(tagCurrentLink(NAME, tagOf("c")));
  driver.put(tagCurrentLink(NAME, tagOf("d")), textBytes(ONE));
  await writeFiles(driver, { [`repositories/${NAME}/_manifests/tags/-no-tag/current/link`]: "" });
  assertEquals(await Array.fromAsync(store.tags.entries(NAME)), [
    { tag: tagOf("a"), digest: image.digest, modifiedMs: 1_000 },
    { tag: tagOf("b"), digest: null, modifiedMs: 1_000 },
    { tag: tagOf("c"), digest: null, modifiedMs: 0 },
    { tag: tagOf("d"), digest: ONE, modifiedMs: 1_000 },
  ]);
});

Deno.test("Tags.forget() takes one manifest out of the history of a tag", async () => {
  const { store } = openWithClock();
  const first = await pushImage(store, NAME, "one", { tags: [TAG] });
  const second = await pushImage(store, NAME, "two", { tags: [TAG] });
  const history = await Array.fromAsync(store.tags.history(NAME, TAG));
  assertEquals(history.sort(), [first.digest, second.digest].sort());
  await store.tags.forget(NAME, TAG, first.digest);
  await store.tags.forget(NAME, TAG, first.digest);
  assertEquals(await Array.fromAsync(store.tags.history(NAME, TAG)), [second.digest]);
  assertEquals(await store.tags.resolve(NAME, TAG), second.digest);
});

Deno.test("Uploads.ids() gives the uploads of a repository, and no foreign names", async () => {
  const { driver, store } = openWithClock();
  assertEquals(await Array.fromAsync(store.uploads.ids(NAME)), []);
  const ids = [await store.uploads.start(NAME), await store.uploads.start(NAME)];
  await store.uploads.start(repository("other"));
  await writeFiles(driver, { [`repositories/${NAME}/_uploads/junk/data`]: "" });
  assertEquals(await Array.fromAsync(store.uploads.ids(NAME)), ids.sort());
});

Deno.test("Repositories.all() gives every directory that can be a repository, in order", async () => {
  const { store } = openWithClock();
  await pushBlob(store, repository("a/b"), textBytes("one"));
  await store.uploads.start(repository("a-b"));
  assertEquals(
    await Array.fromAsync(store.repositories.all()),
    ["a", "a-b", "a/b"].map(repository),
  );
});

Deno.test("Repositories.prune() removes what is empty, and nothing else", async () => {
  const { driver, store } = openWithClock();
  const kept = repository("library/kept");
  await pushImage(store, kept, "one");
  const image = await pushImage(store, NAME, "one", { tags: [TAG], subject: ONE });
  await store.repositories.prune(NAME);
  assertEquals(await store.tags.resolve(NAME, TAG), image.digest);
  await store.manifests.remove(NAME, image.digest);
  for (const digest of image.blobs) await store.blobs.unlink(NAME, digest);
  await store.repositories.prune(NAME);
  assertEquals(await store.repositories.exists(NAME), false);
  assertEquals(driver.list(repositoryDirectory(repository("library"))), ["kept"]);
  assertEquals(driver.list(repositoriesRoot), ["library"]);
  assertEquals(await store.repositories.list(), [kept]);
});

Deno.test("Repositories.prune() keeps the referrers of a repository that has manifests again", async () => {
  const { store } = openWithClock();
  const image = await pushImage(store, NAME, "one", { subject: ONE });
  assertEquals(await store.referrers.list(NAME, ONE), [image.digest]);
  await store.repositories.prune(NAME);
  assertEquals(await store.referrers.list(NAME, ONE), [image.digest]);
});
