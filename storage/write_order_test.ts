import { assert, assertEquals, assertMatch } from "@std/assert";
import { textBytes } from "./contract/bytes.ts";
import { MemoryDriver } from "./memory.ts";
import { openStore, type Store } from "./store.ts";
import {
  bodyOf,
  digestOf,
  filesOf,
  imageOf,
  indexOf,
  pushBlob,
  Recorder,
  repository,
  tagOf,
  valueOf,
} from "./store_kit.ts";

const NAME = repository("library/alpine");
const OTHER = repository("library/other");
const TAG = tagOf("3.20");
const SUBJECT = digestOf("a subject");
const IMAGE = imageOf("config", "layer", { subject: SUBJECT, tags: [TAG] });

const HERE = `repositories/${NAME}`;
const HEX = {
  config: digestOf("config").slice(7),
  layer: digestOf("layer").slice(7),
  image: IMAGE.digest.slice(7),
  subject: SUBJECT.slice(7),
};
const REVISION = `${HERE}/_manifests/revisions/sha256/${HEX.image}`;
const TAG_DIRECTORY = `${HERE}/_manifests/tags/${TAG}`;
const REFERRER = `${HERE}/_referrers/sha256/${HEX.subject}/sha256/${HEX.image}`;

function dataOf(hex: string): string {
  return `blobs/sha256/${hex.slice(0, 2)}/${hex}/data`;
}

/** What an action changes, in its order, after a store was brought to where it begins. */
async function writesOf(
  prepare: (store: Store) => Promise<unknown>,
  action: (store: Store) => Promise<unknown>,
): Promise<readonly string[]> {
  const driver = new MemoryDriver();
  await prepare(openStore(driver));
  const recorder = new Recorder(driver);
  await action(openStore(recorder.driver));
  return recorder.writes;
}

async function pushBlobs(store: Store): Promise<void> {
  await pushBlob(store, NAME, textBytes("config"));
  await pushBlob(store, NAME, textBytes("layer"));
}

async function pushWhole(store: Store): Promise<void> {
  await pushBlobs(store);
  assertEquals(await store.manifests.put(NAME, IMAGE), []);
}

function nothing(): Promise<void> {
  return Promise.resolve();
}

Deno.test("pushing an image writes the files of distribution, byte for byte", async () => {
  const driver = new MemoryDriver();
  await pushWhole(openStore(driver));
  assertEquals(await filesOf(driver), {
    [dataOf(HEX.config)]: "config",
    [dataOf(HEX.layer)]: "layer",
    [dataOf(HEX.image)]: new TextDecoder().decode(IMAGE.bytes),
    [`${HERE}/_layers/sha256/${HEX.config}/link`]: `sha256:${HEX.config}`,
    [`${HERE}/_layers/sha256/${HEX.layer}/link`]: `sha256:${HEX.layer}`,
    [`${REVISION}/link`]: IMAGE.digest,
    [`${TAG_DIRECTORY}/index/sha256/${HEX.image}/link`]: IMAGE.digest,
    [`${TAG_DIRECTORY}/current/link`]: IMAGE.digest,
    [`${REFERRER}/link`]: IMAGE.digest,
  });
});

Deno.test("an upload writes its time, then its bytes, and they are on disk before it is linked", async () => {
  const driver = new MemoryDriver();
  const recorder = new Recorder(driver);
  const { uploads } = openStore(recorder.driver);
  const id = await uploads.start(NAME);
  const upload = `${HERE}/_uploads/${id}`;
  const files = await filesOf(driver);
  assertEquals(Object.keys(files), [`${upload}/data`, `${upload}/startedat`]);
  assertEquals(files[`${upload}/data`], "");
  assertMatch(files[`${upload}/startedat`] ?? "", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  const chunk = { body: bodyOf([textBytes("config")]), start: null };
  valueOf(await uploads.finish(NAME, id, digestOf("config"), chunk));
  assertEquals(recorder.writes, [
    `put ${upload}/startedat`,
    `append ${upload}/data`,
    `append ${upload}/data`,
    `writer.write ${upload}/data`,
    `writer.sync ${upload}/data`,
    `move ${upload}/data`,
    `touch ${dataOf(HEX.config)}`,
    `put ${HERE}/_layers/sha256/${HEX.config}/link`,
    `removeAll ${upload}`,
  ]);
});

Deno.test("putting a manifest touches, writes the bytes, links them, and gives the tag last", async () => {
  assertEquals(await writesOf(pushBlobs, (store) => store.manifests.put(NAME, IMAGE)), [
    `touch ${dataOf(HEX.config)}`,
    `touch ${dataOf(HEX.layer)}`,
    `put ${dataOf(HEX.image)}`,
    `put ${REVISION}/link`,
    `put ${REFERRER}/link`,
    `put ${TAG_DIRECTORY}/index/sha256/${HEX.image}/link`,
    `put ${TAG_DIRECTORY}/current/link`,
  ]);
});

Deno.test("putting a manifest again leaves its bytes alone", async () => {
  const untagged = { ...IMAGE, tags: [], subject: null };
  assertEquals(await writesOf(pushWhole, (store) => store.manifests.put(NAME, untagged)), [
    `touch ${dataOf(HEX.config)}`,
    `touch ${dataOf(HEX.layer)}`,
    `touch ${dataOf(HEX.image)}`,
    `put ${REVISION}/link`,
  ]);
});

Deno.test("putting an index touches the links of its manifests and their bytes", async () => {
  const index = indexOf([IMAGE.digest]);
  const hex = index.digest.slice(7);
  assertEquals(await writesOf(pushWhole, (store) => store.manifests.put(NAME, index)), [
    `touch ${REVISION}/link`,
    `touch ${dataOf(HEX.image)}`,
    `put ${dataOf(hex)}`,
    `put ${HERE}/_manifests/revisions/sha256/${hex}/link`,
  ]);
});

Deno.test("mounting a blob touches its bytes before it links them", async () => {
  const mount = (store: Store): Promise<unknown> =>
    store.blobs.mount(OTHER, NAME, digestOf("config"));
  assertEquals(await writesOf(pushBlobs, mount), [
    `touch ${dataOf(HEX.config)}`,
    `put repositories/${OTHER}/_layers/sha256/${HEX.config}/link`,
  ]);
});

Deno.test("removing a tag unlinks it before its history goes", async () => {
  assertEquals(await writesOf(pushWhole, (store) => store.tags.remove(NAME, TAG)), [
    `remove ${TAG_DIRECTORY}/current/link`,
    `removeAll ${TAG_DIRECTORY}`,
    `prune ${HERE}/_manifests/tags`,
  ]);
});

Deno.test("removing a manifest takes its tags, then its link, and no bytes", async () => {
  assertEquals(await writesOf(pushWhole, (store) => store.manifests.remove(NAME, IMAGE.digest)), [
    `remove ${TAG_DIRECTORY}/current/link`,
    `removeAll ${TAG_DIRECTORY}`,
    `prune ${HERE}/_manifests/tags`,
    `remove ${REVISION}/link`,
    `remove ${REFERRER}/link`,
    `prune ${REFERRER}`,
    `prune ${REVISION}`,
  ]);
});

Deno.test("removing a blob takes its link, and no bytes", async () => {
  const remove = (store: Store): Promise<unknown> => store.blobs.remove(NAME, digestOf("config"));
  assertEquals(await writesOf(pushBlobs, remove), [
    `remove ${HERE}/_layers/sha256/${HEX.config}/link`,
    `prune ${HERE}/_layers/sha256/${HEX.config}`,
  ]);
});

Deno.test("asking questions writes nothing", async () => {
  const ask = async (store: Store): Promise<void> => {
    await store.repositories.list();
    await store.tags.list(NAME);
    assert(await store.manifests.get(NAME, IMAGE.digest) !== null);
    const blob = await store.blobs.stat(NAME, digestOf("layer"));
    assert(blob !== null);
    await store.blobs.read(blob, { start: 0, end: blob.size });
    await store.repositories.findLinking(digestOf("layer"), () => true);
    await store.referrers.describe(NAME, SUBJECT, IMAGE.digest);
  };
  assertEquals(await writesOf(pushWhole, ask), []);
  assertEquals(await writesOf(nothing, (store) => store.referrers.list(NAME, SUBJECT)), []);
});

Deno.test("listing referrers writes where the index ends, and nothing else where it is whole", async () => {
  assertEquals(await writesOf(pushWhole, (store) => store.referrers.list(NAME, SUBJECT)), [
    `put ${HERE}/_referrers/indexed`,
  ]);
});
