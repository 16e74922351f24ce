import { assert, assertEquals, assertRejects } from "@std/assert";
import { textBytes } from "../storage/contract/bytes.ts";
import { type Digest, digestHex } from "../storage/digest.ts";
import { StorageError } from "../storage/errors.ts";
import {
  below,
  blobData,
  blobDirectory,
  revisionLink,
  stagingDirectory,
  tagCurrentLink,
} from "../storage/layout.ts";
import type { ManifestPut } from "../storage/manifests.ts";
import { openStore } from "../storage/store.ts";
import {
  bodyOf,
  digestOf,
  filesOf,
  indexOf,
  pushBlob,
  pushImage,
  Recorder,
  repository,
  tagOf,
} from "../storage/store_kit.ts";
import { bytesFreed, collect } from "./collect.ts";
import {
  COLLECT,
  collectAll,
  COLLECTED_MS,
  goneOf,
  type TimedStore,
  timedStore,
  WRITTEN_MS,
} from "./gc_kit.ts";

const APP = repository("app");
const V1 = [tagOf("v1")];

/** The removals that take a whole image away. */
function imageRemovals(text: string, { digest }: ManifestPut): readonly string[] {
  const blobs = [digestOf(`config of ${text}`), digestOf(`layer of ${text}`)];
  return [
    `manifest ${digest}`,
    `blob ${digest}`,
    ...blobs.flatMap((blob) => [`blob ${blob}`, `layer ${blob}`]),
  ].sort();
}

async function isWhole({ store }: TimedStore, image: ManifestPut): Promise<boolean> {
  const found = await Promise.all(
    image.blobs.map(async (digest) => await store.blobs.stat(APP, digest) !== null),
  );
  return found.every((each) => each) && await store.manifests.get(APP, image.digest) !== null;
}

Deno.test("collect() keeps what a tag leads to, and removes the rest", async () => {
  const timed = timedStore();
  const kept = await pushImage(timed.store, APP, "kept", { tags: V1 });
  const dead = await pushImage(timed.store, APP, "dead");
  const collected = await collectAll(timed);
  assertEquals(goneOf(collected), imageRemovals("dead", dead));
  assert(await isWhole(timed, kept));
  assertEquals([collected.spared, collected.problems, collected.blobsMarked], [0, [], 3]);
});

Deno.test("collect() keeps untagged manifests unless it is told otherwise", async () => {
  const timed = timedStore();
  const image = await pushImage(timed.store, APP, "untagged");
  assertEquals(goneOf(await collectAll(timed, { deleteUntagged: false })), []);
  assert(await isWhole(timed, image));
});

Deno.test("collect() keeps the children of a tagged index, at any depth", async () => {
  const timed = timedStore();
  const image = await pushImage(timed.store, APP, "image");
  const inner = indexOf([image.digest]);
  await timed.store.manifests.put(APP, inner);
  await timed.store.manifests.put(APP, indexOf([inner.digest], V1));
  assertEquals(goneOf(await collectAll(timed)), []);
});

Deno.test("collect() keeps referrers as long as their subject, and no longer", async () => {
  const timed = timedStore();
  const image = await pushImage(timed.store, APP, "image", { tags: V1 });
  const sbom = await pushImage(timed.store, APP, "sbom", { subject: image.digest });
  const signature = await pushImage(timed.store, APP, "signature", { subject: sbom.digest });
  assertEquals(goneOf(await collectAll(timed)), []);
  await timed.store.tags.remove(APP, tagOf("v1"));
  const gone = goneOf(await collectAll(timed));
  for (const each of [image, sbom, signature]) assert(gone.includes(`manifest ${each.digest}`));
  const files = Object.keys(await filesOf(timed.driver));
  assertEquals(files.filter((path) => path.startsWith("blobs") || path.startsWith("repo")), []);
});

Deno.test("collect() removes a referrer whose subject never came, unless it is tagged", async () => {
  const timed = timedStore();
  const subject = digestOf("never pushed");
  const dead = await pushImage(timed.store, APP, "dead", { subject });
  const tagged = await pushImage(timed.store, APP, "tagged", { subject, tags: V1 });
  assertEquals(goneOf(await collectAll(timed)), imageRemovals("dead", dead));
  assert(await isWhole(timed, tagged));
});

Deno.test("collect() ends although manifests refer to each other in a circle", async () => {
  const timed = timedStore();
  const index = indexOf([digestOf("itself")]);
  await timed.store.manifests.put(APP, { ...index, manifests: [] });
  const image = await pushImage(timed.store, APP, "image", { subject: index.digest });
  const outer = indexOf([index.digest, image.digest], V1);
  await timed.store.manifests.put(APP, outer);
  assertEquals(goneOf(await collectAll(timed)), []);
});

Deno.test("collect() judges links by their repository, and bytes by all of them", async () => {
  const timed = timedStore();
  const other = repository("other");
  const image = await pushImage(timed.store, APP, "image", { tags: V1 });
  for (const digest of image.blobs) assert(await timed.store.blobs.mount(other, APP, digest));
  assertEquals(
    goneOf(await collectAll(timed)),
    [...image.blobs.map((digest) => `layer ${digest}`), "repository other"].sort(),
  );
  assert(await isWhole(timed, image));
});

Deno.test("collect() leaves alone what is younger than it is told", async () => {
  const timed = timedStore();
  timed.setNow(COLLECTED_MS - 500);
  const image = await pushImage(timed.store, APP, "young");
  const blob = await pushBlob(timed.store, APP, textBytes("pushed, and not yet named"));
  assertEquals(goneOf(await collectAll(timed, { minAgeMs: 500 })), []);
  assert(await isWhole(timed, image));
  assert(await timed.store.blobs.stat(APP, blob) !== null);
  assertEquals(goneOf(await collectAll(timed, { minAgeMs: 499 })).length, 9);
});

Deno.test("collect() removes tags by retention, and what only they kept", async () => {
  const timed = timedStore();
  const old = await pushImage(timed.store, APP, "old", { tags: [tagOf("old")] });
  timed.setNow(WRITTEN_MS + 1);
  const kept = await pushImage(timed.store, APP, "new", { tags: [tagOf("new")] });
  const collected = await collectAll(timed, {
    retention: () => ({ keepLast: 1, keepTags: [], olderThanMs: null }),
  });
  assertEquals(goneOf(collected), [...imageRemovals("old", old), "tag old"].sort());
  assert(await isWhole(timed, kept));
  assertEquals(await timed.store.tags.list(APP), [tagOf("new")]);
});

Deno.test("collect() forgets a removed manifest in the history of tags that stay", async () => {
  const timed = timedStore();
  const before = await pushImage(timed.store, APP, "before", { tags: V1 });
  const after = await pushImage(timed.store, APP, "after", { tags: V1 });
  const { removals } = await collectAll(timed);
  const removal = removals.map(([each]) => each).find(({ kind }) => kind === "manifest");
  assert(removal?.kind === "manifest");
  assertEquals([removal.digest, removal.tags], [before.digest, V1]);
  const history = await Array.fromAsync(timed.store.tags.history(APP, tagOf("v1")));
  assertEquals(history, [after.digest]);
});

Deno.test("collect() removes nothing outside its scope, and marks what stays there", async () => {
  const timed = timedStore();
  const other = repository("other");
  await pushImage(timed.store, APP, "dead");
  await pushImage(timed.store, other, "dead");
  await pushBlob(timed.store, other, textBytes("garbage"));
  const image = await pushImage(timed.store, APP, "dead too");
  const { store } = timed;
  const collected = await collectAll(timed, { isInScope: (name) => name === APP });
  assertEquals(goneOf(collected).includes(`manifest ${image.digest}`), true);
  const dead = digestOf("layer of dead");
  assertEquals(await store.blobs.stat(APP, dead), null);
  assert(await store.blobs.stat(other, dead) !== null);
  assert(await store.blobs.stat(other, digestOf("garbage")) !== null);
});

Deno.test("collect() removes uploads and staged files that nobody goes on with", async () => {
  const timed = timedStore();
  const old = await timed.store.uploads.start(APP, "sha256");
  await timed.store.uploads.append(APP, old, { body: bodyOf([textBytes("half")]), start: null });
  await timed.driver.put(below(stagingDirectory, "left"), textBytes("behind"));
  timed.setNow(COLLECTED_MS - 10);
  const young = await timed.store.uploads.start(APP, "sha256");
  const collected = await collectAll(timed, { uploadAgeMs: 10 });
  assertEquals(goneOf(collected), ["staged", "upload"]);
  assertEquals(await Array.fromAsync(timed.store.uploads.ids(APP)), [young]);
  assertEquals(bytesFreed(collected), "half".length + "behind".length);
});

Deno.test("collect() of an empty store removes nothing and finds no problem", async () => {
  const collected = await collectAll(timedStore());
  assertEquals([goneOf(collected), bytesFreed(collected), collected.problems], [[], 0, []]);
});

Deno.test("collect() touches nothing in a dry run, and tells what would go", async () => {
  const timed = timedStore();
  await pushImage(timed.store, APP, "kept", { tags: V1 });
  const dead = await pushImage(timed.store, APP, "dead");
  const recorder = new Recorder(timed.driver);
  const store = openStore(recorder.driver);
  const collected = await collectAll({ ...timed, store }, { isDryRun: true, minAgeMs: -Infinity });
  assertEquals(recorder.writes, []);
  assertEquals(goneOf(collected), imageRemovals("dead", dead));
  assert(collected.removals.every(([, fate]) => fate === "planned"));
  assertEquals(recorder.operations.filter((operation) => operation.startsWith("lock")), []);
});

Deno.test("collect() leaves while another collection is under way, or waits for it", async () => {
  const timed = timedStore();
  await pushImage(timed.store, APP, "dead");
  timed.setNow(COLLECTED_MS);
  const order: string[] = [];
  let waiting: Promise<unknown> = Promise.resolve();
  await openStore(timed.driver).gate.collecting(false, async () => {
    assertEquals(await collect(timed.store, COLLECT), null);
    waiting = collect(timed.store, { ...COLLECT, isPatient: true }).then(() =>
      order.push("second")
    );
    await Promise.resolve();
    order.push("first");
  });
  await waiting;
  assertEquals(order, ["first", "second"]);
});

interface DamageCase {
  readonly name: string;
  readonly damage: (timed: TimedStore, image: ManifestPut) => Promise<void> | void;
  readonly problem: RegExp;
  /** Whether nobody can know any more which layers were needed. */
  readonly losesLayers?: boolean;
}

async function overwrite({ driver }: TimedStore, digest: Digest, text: string): Promise<void> {
  await driver.put(blobData(digest), textBytes(text));
}

const DAMAGES: readonly DamageCase[] = [
  {
    name: "a damaged tag link",
    damage: async ({ driver }) => await driver.put(tagCurrentLink(APP, tagOf("v1")), textBytes("")),
    problem: /^app: tag v1$/,
  },
  {
    name: "a missing tag link",
    damage: async ({ driver }) => {
      await driver.remove(tagCurrentLink(APP, tagOf("v1")));
    },
    problem: /^app: tag v1$/,
  },
  {
    name: "a damaged revision link",
    damage: async ({ driver }, { digest }) =>
      await driver.put(revisionLink(APP, digest), textBytes("sha256:cut")),
    problem: /^app: manifest sha256:/,
  },
  {
    name: "manifest bytes that are damaged",
    damage: (timed, { digest }) => overwrite(timed, digest, "{}"),
    problem: /^app: manifest sha256:/,
  },
  {
    name: "manifest bytes that are gone",
    damage: async ({ driver }, { digest }) => {
      await driver.removeAll(blobDirectory(digest));
    },
    problem: /^app: manifest sha256:/,
    losesLayers: true,
  },
  {
    name: "a layer that is gone",
    damage: async ({ driver }, { blobs }) => {
      for (const digest of blobs.slice(1)) await driver.removeAll(blobDirectory(digest));
    },
    problem: /^app: manifest sha256:/,
  },
];

for (const { name, damage, problem, losesLayers = false } of DAMAGES) {
  Deno.test(`collect() reports ${name}, keeps what is left, and goes on`, async () => {
    const timed = timedStore();
    const image = await pushImage(timed.store, APP, "damaged", { tags: V1 });
    const dead = await pushImage(timed.store, repository("other"), "dead");
    await damage(timed, image);
    const isKept = (path: string): boolean =>
      path.includes(losesLayers ? "app/_manifests" : "app/") ||
      !losesLayers && image.blobs.some((digest) => path.includes(digestHex(digest)));
    const keptOf = async (): Promise<string[]> =>
      Object.keys(await filesOf(timed.driver)).filter((path) =>
        isKept(path) && !path.includes("other/")
      );
    const before = await keptOf();
    const collected = await collectAll(timed);
    assert(collected.problems.length > 0);
    for (const { what } of collected.problems) assert(problem.test(what), what);
    assertEquals(await keptOf(), before);
    assert(goneOf(collected).includes(`manifest ${dead.digest}`));
  });
}

Deno.test("collect() may stop at any operation: what is tagged stays whole, the next run ends it", async () => {
  const written = async (): Promise<[TimedStore, ManifestPut, ManifestPut]> => {
    const timed = timedStore();
    const kept = await pushImage(timed.store, APP, "kept", { tags: V1 });
    const dead = await pushImage(timed.store, APP, "dead", { subject: digestOf("absent") });
    await timed.store.manifests.put(APP, indexOf([dead.digest]));
    await pushImage(timed.store, repository("other"), "dead");
    await timed.store.uploads.start(APP, "sha256");
    return [timed, kept, dead];
  };
  const [reference] = await written();
  await collectAll(reference);
  // An entry of the referrers index whose manifest is gone says nothing; it goes with its repository.
  const filesLeft = async ({ driver }: TimedStore): Promise<string[]> =>
    Object.keys(await filesOf(driver)).filter((path) => !path.includes("/_referrers/"));
  const expected = await filesLeft(reference);
  let isDone = false;
  for (let stop = 0; !isDone; stop++) {
    const [timed, kept] = await written();
    const died = new StorageError("full", "The process died");
    const recorder = new Recorder(timed.driver, (index) => index >= stop ? died : null);
    const dying = { ...timed, store: openStore(recorder.driver) };
    isDone = await collectAll(dying).then(() => true, () => false);
    assert(await isWhole(timed, kept), `after ${stop} operations`);
    await collectAll(timed);
    assertEquals(await filesLeft(timed), expected, `after ${stop} operations`);
  }
});

Deno.test("collect() says what fails when the disk does", async () => {
  const timed = timedStore();
  await pushImage(timed.store, APP, "dead");
  const broken = new StorageError("full", "Cannot remove it: the disk is broken");
  const recorder = new Recorder(timed.driver, (index) => index > 20 ? broken : null);
  const store = openStore(recorder.driver);
  await assertRejects(() => collectAll({ ...timed, store }), StorageError, "the disk is broken");
});
