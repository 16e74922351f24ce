import { assert, assertEquals } from "@std/assert";
import { textBytes } from "./contract/bytes.ts";
import { type Digest, digestBytes } from "./digest.ts";
import type { StorageDriver, StoragePath } from "./driver.ts";
import { StorageError } from "./errors.ts";
import { FaultyDriver } from "./faulty_driver.ts";
import {
  blobData,
  decodeTime,
  encodeLink,
  encodeTime,
  referrerLink,
  referrersIndexed,
  revisionLink,
} from "./layout.ts";
import { TIMES_SETTLED_MS } from "./limits.ts";
import { OCI_IMAGE } from "./manifest.ts";
import { MemoryDriver } from "./memory.ts";
import { Referrers } from "./referrers.ts";
import { openStore, type Store } from "./store.ts";
import {
  digestOf,
  foreignPath,
  imageOf,
  pushImage,
  Recorder,
  repository,
  withDirectory,
} from "./store_kit.ts";

const NAME = repository("library/alpine");
const OTHER = repository("library/other");
const SUBJECT = digestOf("a subject");
const NOW_MS = Date.UTC(2026, 0, 1);

/** A store on a driver with a clock, and referrers that go by the same clock. */
function openWithClock(): {
  driver: MemoryDriver;
  clock: { nowMs: number };
  open(driver?: StorageDriver): Store;
} {
  const clock = { nowMs: NOW_MS };
  const driver = new MemoryDriver({ clock: () => clock.nowMs });
  const open = (opened: StorageDriver = driver): Store => {
    const store = openStore(opened);
    return { ...store, referrers: new Referrers(opened, store.blobs, () => clock.nowMs) };
  };
  return { driver, clock, open };
}

/** Writes a manifest as distribution does, which keeps no index. */
async function writeManifest(driver: StorageDriver, text: string): Promise<Digest> {
  const image = imageOf(`config of ${text}`, `layer of ${text}`, { subject: SUBJECT });
  await driver.put(blobData(image.digest), image.bytes);
  await driver.put(revisionLink(NAME, image.digest), encodeLink(image.digest));
  return image.digest;
}

async function pushReferrers(store: Store, texts: readonly string[]): Promise<Digest[]> {
  const digests: Digest[] = [];
  for (const text of texts) {
    digests.push((await pushImage(store, NAME, text, { subject: SUBJECT })).digest);
  }
  return digests.sort();
}

Deno.test("Referrers.list() gives the manifests with a subject, in ascending order", async () => {
  const { open } = openWithClock();
  const store = open();
  assertEquals(await store.referrers.list(NAME, SUBJECT), []);
  const digests = await pushReferrers(store, ["one", "two", "three"]);
  await pushImage(store, NAME, "four", { subject: digestOf("another subject") });
  await pushImage(store, NAME, "five");
  assertEquals(await store.referrers.list(NAME, SUBJECT), digests);
  assertEquals(await store.referrers.list(OTHER, SUBJECT), []);
});

Deno.test("Referrers.describe() tells type, size, artifact type and annotations", async () => {
  const { open } = openWithClock();
  const store = open();
  const image = await pushImage(store, NAME, "one", {
    subject: SUBJECT,
    annotations: { "org.example.key": "value" },
  });
  assertEquals(await store.referrers.describe(NAME, SUBJECT, image.digest), {
    mediaType: OCI_IMAGE,
    digest: image.digest,
    size: image.bytes.length,
    artifactType: "application/vnd.oci.image.config.v1+json",
    annotations: { "org.example.key": "value" },
  });
  assertEquals(await store.referrers.describe(NAME, digestOf("other"), image.digest), null);
  assertEquals(await store.referrers.describe(OTHER, SUBJECT, image.digest), null);
});

Deno.test("Referrers.describe() is null for a manifest that is removed", async () => {
  const { driver, open } = openWithClock();
  const store = open();
  const [first, second] = await pushReferrers(store, ["one", "two"]);
  assert(first !== undefined && second !== undefined);
  await store.manifests.remove(NAME, first);
  assertEquals(await store.referrers.list(NAME, SUBJECT), [second]);
  driver.remove(revisionLink(NAME, second));
  assertEquals(await store.referrers.describe(NAME, SUBJECT, second), null);
});

Deno.test("Referrers.list() gives a manifest again that was removed and put again", async () => {
  const { open } = openWithClock();
  const store = open();
  const [digest] = await pushReferrers(store, ["one"]);
  assert(digest !== undefined);
  for (let round = 0; round < 3; round++) {
    assertEquals(await store.referrers.list(NAME, SUBJECT), [digest]);
    await store.manifests.remove(NAME, digest);
    assertEquals(await store.referrers.list(NAME, SUBJECT), []);
    await pushReferrers(store, ["one"]);
  }
});

Deno.test("Referrers.list() answers the same without an index, and writes it again", async () => {
  const { driver, open } = openWithClock();
  const digests = await pushReferrers(open(), ["one", "two", "three"]);
  driver.removeAll(foreignPath(`repositories/${NAME}/_referrers`));
  assertEquals(await open().referrers.list(NAME, SUBJECT), digests);
  for (const digest of digests) {
    assertEquals(driver.get(referrerLink(NAME, SUBJECT, digest), 1_000), encodeLink(digest));
  }
});

Deno.test("Referrers.list() finds manifests that another program wrote", async () => {
  const { driver, clock, open } = openWithClock();
  const store = open();
  const expected = await pushReferrers(store, ["one"]);
  assertEquals(await store.referrers.list(NAME, SUBJECT), expected);
  for (const text of ["two", "three", "four"]) {
    clock.nowMs += 10;
    expected.push(await writeManifest(driver, text));
    expected.sort();
    assertEquals(await store.referrers.list(NAME, SUBJECT), expected);
    assertEquals(await open().referrers.list(NAME, SUBJECT), expected);
  }
});

Deno.test("Referrers.list() finds manifests that another program wrote with an old time", async () => {
  const { driver, clock, open } = openWithClock();
  const store = open();
  const expected = await pushReferrers(store, ["one"]);
  clock.nowMs += 2 * TIMES_SETTLED_MS;
  assertEquals(await store.referrers.list(NAME, SUBJECT), expected);
  // As a copy that keeps the times of its files does.
  clock.nowMs = NOW_MS - 1_000_000;
  expected.push(await writeManifest(driver, "two"));
  clock.nowMs = NOW_MS + 3 * TIMES_SETTLED_MS;
  assertEquals(await store.referrers.list(NAME, SUBJECT), expected.sort());
  assertEquals(await open().referrers.list(NAME, SUBJECT), expected);
});

Deno.test("Referrers.list() marks how far the index reaches, with room for the clock's tick", async () => {
  const { driver, clock, open } = openWithClock();
  clock.nowMs = NOW_MS + 999;
  const store = open();
  await pushReferrers(store, ["one"]);
  assertEquals(driver.stat(referrersIndexed(NAME)), null);
  await store.referrers.list(NAME, SUBJECT);
  const mark = driver.get(referrersIndexed(NAME), 100);
  assert(mark !== null);
  assertEquals(mark, encodeTime(NOW_MS - TIMES_SETTLED_MS));
  assertEquals(decodeTime(mark), NOW_MS - TIMES_SETTLED_MS);
});

Deno.test("Referrers.list() reads no manifest that the mark covers", async () => {
  const { driver, clock, open } = openWithClock();
  const store = open();
  const old = await pushReferrers(store, ["one", "two", "three"]);
  clock.nowMs += 10 * TIMES_SETTLED_MS;
  await store.referrers.list(NAME, SUBJECT);
  const fresh = await writeManifest(driver, "four");
  const recorder = new Recorder(driver);
  assertEquals(await open(recorder.driver).referrers.list(NAME, SUBJECT), [...old, fresh].sort());
  const read = recorder.operations.filter((operation) => operation.startsWith("get blobs/"));
  const hex = fresh.slice(7);
  assertEquals(read, [`get blobs/sha256/${hex.slice(0, 2)}/${hex}/data`]);
});

Deno.test("Referrers.list() looks at nothing twice while nothing changes", async () => {
  const { driver, open } = openWithClock();
  const recorder = new Recorder(driver);
  const store = open(recorder.driver);
  await pushReferrers(store, ["one", "two", "three"]);
  await store.referrers.list(NAME, SUBJECT);
  const before = recorder.asked;
  await store.referrers.list(NAME, SUBJECT);
  // The revisions and the referrers, by algorithm.
  assertEquals(recorder.asked - before, 6);
});

Deno.test("Referrers.list() looks at everything again where the mark is damaged", async () => {
  const { driver, clock, open } = openWithClock();
  const digests = await pushReferrers(open(), ["one", "two"]);
  driver.removeAll(foreignPath(`repositories/${NAME}/_referrers`));
  clock.nowMs += 10 * TIMES_SETTLED_MS;
  for (const mark of ["", "junk", "yesterday"]) {
    driver.put(referrersIndexed(NAME), textBytes(mark));
    assertEquals(await open().referrers.list(NAME, SUBJECT), digests);
  }
});

Deno.test("Referrers.list() answers from a store that cannot be written to, and marks nothing", async () => {
  const { driver, open } = openWithClock();
  const expected = [await writeManifest(driver, "one"), await writeManifest(driver, "two")];
  const readOnly = new FaultyDriver(
    driver,
    (operation) =>
      operation === "put" ? new StorageError("read-only", "Cannot write: read-only") : null,
  );
  const store = open(readOnly);
  for (let count = 0; count < 3; count++) {
    assertEquals(await store.referrers.list(NAME, SUBJECT), [...expected].sort());
    expected.push(await writeManifest(driver, `more ${count}`));
  }
  assertEquals(driver.stat(referrersIndexed(NAME)), null);
  assertEquals(await open().referrers.list(NAME, SUBJECT), expected.sort());
});

Deno.test("Referrers.list() does not mark what it could not write, and writes it later", async () => {
  const { driver, clock, open } = openWithClock();
  const first = await writeManifest(driver, "one");
  let isFull = true;
  const faulty = new FaultyDriver(
    driver,
    (operation) =>
      isFull && operation === "put" ? new StorageError("full", "Cannot write: no space") : null,
  );
  const store = open(faulty);
  assertEquals(await store.referrers.list(NAME, SUBJECT), [first]);
  isFull = false;
  clock.nowMs += 10 * TIMES_SETTLED_MS;
  const second = await writeManifest(driver, "two");
  const expected = [first, second].sort();
  assertEquals(await store.referrers.list(NAME, SUBJECT), expected);
  assertEquals(await open().referrers.list(NAME, SUBJECT), expected);
});

Deno.test("Referrers.list() passes over manifests that are damaged or gone", async () => {
  const { driver, open } = openWithClock();
  const whole = await writeManifest(driver, "whole");
  const gone = await writeManifest(driver, "gone");
  const empty = await writeManifest(driver, "empty");
  const changed = await writeManifest(driver, "changed");
  driver.remove(blobData(gone));
  driver.put(blobData(empty), new Uint8Array());
  driver.put(blobData(changed), imageOf("other", "text", { subject: SUBJECT }).bytes);
  assertEquals(await open().referrers.list(NAME, SUBJECT), [whole]);
});

Deno.test("Referrers.describe() does not tell what damaged bytes say, and sees them mended", async () => {
  const { driver, open } = openWithClock();
  const store = open();
  const annotations = { key: "good" };
  const image = await pushImage(store, NAME, "one", { subject: SUBJECT, annotations });
  const damaged = new TextDecoder().decode(image.bytes).replace("good", "evil");
  driver.put(blobData(image.digest), textBytes(damaged));
  const fresh = open();
  assertEquals(await fresh.referrers.describe(NAME, SUBJECT, image.digest), null);
  assertEquals(await fresh.manifests.put(NAME, image), []);
  const described = await fresh.referrers.describe(NAME, SUBJECT, image.digest);
  assertEquals(described?.annotations, annotations);
});

Deno.test("Referrers.list() passes over foreign names in the index", async () => {
  const { driver, open } = openWithClock();
  const store = open();
  const digests = await pushReferrers(store, ["one"]);
  const below = referrerLink(NAME, SUBJECT, SUBJECT).split("/").slice(0, -2).join("/");
  driver.put(`${below}/junk/link` as StoragePath, encodeLink(SUBJECT));
  assertEquals(await store.referrers.list(NAME, SUBJECT), digests);
});

Deno.test("Referrers.list() mixes algorithms", async () => {
  const { open } = openWithClock();
  const store = open();
  const { bytes } = imageOf("config", "layer", { subject: SUBJECT });
  const digests = (["sha512", "sha256"] as const).map((name) => digestBytes(bytes, name));
  for (const digest of digests) {
    const put = { digest, bytes, blobs: [], manifests: [], subject: SUBJECT, tags: [] };
    await store.manifests.put(NAME, put);
  }
  assertEquals(await store.referrers.list(NAME, SUBJECT), digests.sort());
});

Deno.test("Referrers.list() over a directory finds what another process pushed", async () => {
  await withDirectory(async (driver) => {
    const [ours, theirs] = [openStore(driver), openStore(driver)];
    const expected: Digest[] = [];
    for (const [index, text] of ["one", "two", "three", "four"].entries()) {
      expected.push(...await pushReferrers(index % 2 === 0 ? ours : theirs, [text]));
      expected.push(await writeManifest(driver, `${text} of another program`));
      expected.sort();
      assertEquals(await ours.referrers.list(NAME, SUBJECT), expected);
      assertEquals(await theirs.referrers.list(NAME, SUBJECT), expected);
    }
    ours.gate.close();
    theirs.gate.close();
  });
});
