import { assert, assertEquals } from "@std/assert";
import { textBytes } from "./contract/bytes.ts";
import { digestAlgorithm, digestBytes } from "./digest.ts";
import type { StorageDriver } from "./driver.ts";
import { StorageError } from "./errors.ts";
import { blobData, decodeLink } from "./layout.ts";
import { readManifest } from "./manifest.ts";
import { MemoryDriver } from "./memory.ts";
import type { RepositoryName } from "./names.ts";
import { openStore, type Store } from "./store.ts";
import {
  digestOf,
  filesOf,
  imageOf,
  indexOf,
  pushBlob,
  Recorder,
  repository,
  tagOf,
} from "./store_kit.ts";

/** More operations than any case needs. */
const OPERATIONS_MAX = 200;

const NAME = repository("library/alpine");
const OTHER = repository("library/other");
const TAG = tagOf("latest");
const STABLE = tagOf("stable");

const DISK_FULL = new StorageError("full", "Cannot write: no space left on the device");
const DEAD = new StorageError("io", "Cannot go on: the process died");

/** Something that a store does, to be stopped at each of its operations. */
interface Operation {
  readonly name: string;
  /** Brings a store to where the operation begins. */
  prepare(store: Store): Promise<unknown>;
  /** Does it, or finds that it is done. */
  run(store: Store): Promise<unknown>;
  /** Checks what must be there once it was done. */
  check(store: Store): Promise<void>;
}

const SUBJECT = digestOf("a subject");
const IMAGE = imageOf("config", "layer", { subject: SUBJECT, tags: [TAG, STABLE] });
const INDEX = indexOf([IMAGE.digest], [TAG]);

async function pushBlobs(store: Store): Promise<void> {
  await pushBlob(store, NAME, textBytes("config"));
  await pushBlob(store, NAME, textBytes("layer"));
}

async function pushWhole(store: Store): Promise<void> {
  await pushBlobs(store);
  await store.manifests.put(NAME, IMAGE);
}

const OPERATIONS: readonly Operation[] = [
  {
    name: "pushing a blob",
    prepare: (store) => pushBlob(store, NAME, textBytes("another")),
    run: (store) => pushBlob(store, NAME, textBytes("config")),
    check: async (store) =>
      assertEquals((await store.blobs.stat(NAME, digestOf("config")))?.size, 6),
  },
  {
    name: "pushing a blob that is there",
    prepare: pushWhole,
    run: (store) => pushBlob(store, NAME, textBytes("config")),
    check: async (store) =>
      assertEquals((await store.blobs.stat(NAME, digestOf("config")))?.size, 6),
  },
  {
    name: "mounting a blob",
    prepare: (store) => pushBlob(store, OTHER, textBytes("config")),
    run: (store) => store.blobs.mount(NAME, OTHER, digestOf("config")),
    check: async (store) =>
      assertEquals((await store.blobs.stat(NAME, digestOf("config")))?.size, 6),
  },
  {
    name: "putting a manifest with a subject and tags",
    prepare: pushBlobs,
    run: (store) => store.manifests.put(NAME, IMAGE),
    check: async (store) => {
      assertEquals(await store.tags.list(NAME), [TAG, STABLE]);
      assertEquals(await store.referrers.list(NAME, SUBJECT), [IMAGE.digest]);
    },
  },
  {
    name: "giving a tag to an index",
    prepare: pushWhole,
    run: (store) => store.manifests.put(NAME, INDEX),
    check: async (store) => {
      assertEquals(await store.tags.resolve(NAME, TAG), INDEX.digest);
      assertEquals(await store.tags.resolve(NAME, STABLE), IMAGE.digest);
    },
  },
  {
    name: "removing a tag",
    prepare: pushWhole,
    run: (store) => store.tags.remove(NAME, TAG),
    check: async (store) => {
      assertEquals(await store.tags.list(NAME), [STABLE]);
      assert(await store.manifests.exists(NAME, IMAGE.digest));
    },
  },
  {
    name: "removing a manifest with a subject and tags",
    prepare: pushWhole,
    run: (store) => store.manifests.remove(NAME, IMAGE.digest),
    check: async (store) => {
      assertEquals(await store.manifests.get(NAME, IMAGE.digest), null);
      assertEquals(await store.tags.list(NAME), []);
      assertEquals(await store.referrers.describe(NAME, SUBJECT, IMAGE.digest), null);
    },
  },
  {
    name: "removing a blob",
    prepare: (store) => pushBlob(store, NAME, textBytes("config")),
    run: (store) => store.blobs.remove(NAME, digestOf("config")),
    check: async (store) => assertEquals(await store.blobs.stat(NAME, digestOf("config")), null),
  },
  {
    name: "listing referrers that no index has",
    prepare: async (store) => {
      await pushWhole(store);
      await store.referrers.forget(NAME, SUBJECT, IMAGE.digest);
    },
    run: (store) => store.referrers.list(NAME, SUBJECT),
    check: async (store) => assertEquals(await store.referrers.list(NAME, SUBJECT), [IMAGE.digest]),
  },
];

const LINK_REGEXP = /^repositories\/([^_]+)\/_(layers|manifests\/(?:revisions|tags))\/(.*)\/link$/;

/** Checks that no link of a store dangles, and that each manifest has what it names. */
async function assertSound(driver: StorageDriver): Promise<void> {
  const store = openStore(driver);
  for (const [path, text] of Object.entries(await filesOf(driver))) {
    const [, name, kind, rest] = LINK_REGEXP.exec(path) ?? [];
    // The history of a tag may name what is gone.
    if (name === undefined || rest === undefined || rest.includes("/index/")) continue;
    const target = decodeLink(textBytes(text));
    assert(target !== null, `"${path}" is no link`);
    const bytes = await driver.get(blobData(target), Number.MAX_SAFE_INTEGER);
    assert(bytes !== null, `"${path}" points nowhere`);
    assertEquals(digestBytes(bytes, digestAlgorithm(target)), target, `"${path}" is damaged`);
    if (kind === "manifests/revisions") await assertComplete(store, repository(name), bytes);
    if (kind === "manifests/tags") {
      const tag = tagOf(rest.slice(0, rest.indexOf("/")));
      assertEquals(await store.tags.resolve(repository(name), tag), target);
    }
  }
}

async function assertComplete(
  store: Store,
  name: RepositoryName,
  manifest: Uint8Array,
): Promise<void> {
  const content = readManifest(manifest);
  assert(content !== null, "a manifest must be JSON");
  const { config, layers, manifests } = content;
  for (const { digest } of config === null ? layers : [config, ...layers]) {
    assert(await store.blobs.stat(name, digest) !== null, `blob ${digest} is missing`);
  }
  for (const { digest } of manifests) {
    assert(await store.manifests.get(name, digest) !== null, `manifest ${digest} is missing`);
  }
}

/** Calls `body` with the number of each driver operation of an operation in turn, until it needs no more. */
async function forEachStep(
  operation: Operation,
  body: (driver: MemoryDriver, step: number) => Promise<{ readonly isStopped: boolean }>,
): Promise<void> {
  for (let step = 0; step < OPERATIONS_MAX; step++) {
    const driver = new MemoryDriver();
    await operation.prepare(openStore(driver));
    const { isStopped } = await body(driver, step);
    if (!isStopped) {
      assert(step > 0, "the operation must have been stopped at least once");
      return;
    }
  }
  throw new RangeError(`${operation.name} takes more than ${OPERATIONS_MAX} operations`);
}

for (const operation of OPERATIONS) {
  Deno.test(`the store is sound wherever the process dies while ${operation.name}`, async () => {
    await forEachStep(operation, async (driver, step) => {
      const recorder = new Recorder(driver, (index) => index >= step ? DEAD : null);
      await operation.run(openStore(recorder.driver)).catch(assertDead);
      await assertSound(driver);
      await operation.run(openStore(driver));
      await assertSound(driver);
      await operation.check(openStore(driver));
      return { isStopped: recorder.asked > step };
    });
  });

  Deno.test(`the store goes on after any one failure while ${operation.name}`, async () => {
    await forEachStep(operation, async (driver, step) => {
      let isFull = true;
      const recorder = new Recorder(driver, (index) => isFull && index === step ? DISK_FULL : null);
      const store = openStore(recorder.driver);
      await operation.run(store).catch(assertFull);
      await assertSound(driver);
      const isStopped = recorder.asked > step;
      isFull = false;
      await operation.run(store);
      await assertSound(driver);
      await operation.check(store);
      await operation.check(openStore(driver));
      return { isStopped };
    });
  });
}

function assertDead(error: unknown): void {
  assertEquals(error, DEAD);
}

function assertFull(error: unknown): void {
  assertEquals(error, DISK_FULL);
}
