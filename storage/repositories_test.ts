import { assertEquals, assertLessOrEqual } from "@std/assert";
import { textBytes } from "./contract/bytes.ts";
import type { StorageDriver } from "./driver.ts";
import { encodeLink, layerLink, repositoryPrefix, revisionLink } from "./layout.ts";
import { LIST_SLICE_ENTRIES, SIGHTING_MS, TIMES_SETTLED_MS } from "./limits.ts";
import { MemoryDriver } from "./memory.ts";
import { parseRepositoryName, type RepositoryName } from "./names.ts";
import type { Repositories } from "./repositories.ts";
import { openStore } from "./store.ts";
import {
  digestOf,
  pushBlob,
  pushImage,
  Recorder,
  repository,
  withDirectory,
  writeFiles,
} from "./store_kit.ts";

const MANIFEST = digestOf("a manifest");

/** Names of which each sorts otherwise by components than by bytes. */
const NAMES = [
  "a",
  "a-b",
  "a-b/c",
  "a--b",
  "a.b",
  "a.b/c",
  "a/b",
  "a/b-c",
  "a/b-c/d",
  "a/b/c",
  "a/b/c-d/e",
  "a/b/c/d",
  "a/b.c",
  "a/b0",
  "a0",
  "a0/b",
  "a_b",
  "a__b/c",
  "aa",
  "aa/a/a/a/a/a",
  "b/only/deep/below",
  "b-",
  "z9",
  "0",
].map((text) => parseRepositoryName(text)).filter((name) => name !== null);

/** Gives repositories a manifest, of which the list looks at the link alone. */
async function putManifests(
  driver: StorageDriver,
  names: readonly RepositoryName[],
): Promise<void> {
  for (const name of names) {
    await driver.put(revisionLink(name, MANIFEST), encodeLink(MANIFEST), { isDurable: false });
  }
}

/** Checks the list against a plain sort: from any cut, names that do not exist included, up to some limits. */
async function assertListed(
  repositories: Repositories,
  names: readonly RepositoryName[],
  cuts: readonly string[],
): Promise<void> {
  const sorted = [...names].sort();
  assertEquals(await repositories.list(), sorted);
  for (const after of cuts) {
    const expected = sorted.filter((name) => name > after);
    for (const limit of [1, 2, names.length, undefined]) {
      assertEquals(
        await repositories.list({ after, ...(limit === undefined ? {} : { limit }) }),
        expected.slice(0, limit),
        `after "${after}", at most ${limit}`,
      );
    }
  }
}

/** Every beginning of the names, each also with something before and after it. */
function cutsOf(names: readonly string[]): readonly string[] {
  const cuts = new Set([""]);
  for (const name of names) {
    for (let length = 1; length <= name.length; length++) {
      const cut = name.slice(0, length);
      for (
        const end of ["", "!", "-", ".", "/", "0", "_", "a", "~", "-/", "/-", "//", "\u{1f600}"]
      ) {
        cuts.add(`${cut}${end}`);
      }
    }
  }
  return [...cuts];
}

/** Numbers below a bound that look random and are the same each time (xorshift, 32 bits). */
function seeded(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
}

function randomName(random: (bound: number) => number): RepositoryName {
  const components = Array.from({ length: 1 + random(4) }, () => {
    const parts = Array.from(
      { length: 1 + random(2) },
      () => ["a", "b", "0", "aa", "ab"][random(5)],
    );
    return parts.join(["-", ".", "_", "__", "--"][random(5)]);
  });
  return repository(components.join("/"));
}

Deno.test("Repositories.list() is in the order of bytes, from every cut", async () => {
  const driver = new MemoryDriver();
  await putManifests(driver, NAMES);
  await assertListed(openStore(driver).repositories, NAMES, cutsOf(NAMES));
});

Deno.test("Repositories.list() agrees with a plain sort of random names, from every cut", async () => {
  for (let seed = 1; seed <= 8; seed++) {
    const random = seeded(seed);
    const names = [...new Set(Array.from({ length: 30 }, () => randomName(random)))];
    const driver = new MemoryDriver();
    await putManifests(driver, names);
    const strangers = Array.from({ length: 5 }, () => randomName(random));
    await assertListed(openStore(driver).repositories, names, [...names, ...cutsOf(strangers)]);
  }
});

Deno.test("Repositories.list() over a directory is in the order of bytes", async () => {
  await withDirectory(async (driver) => {
    await putManifests(driver, NAMES);
    await assertListed(openStore(driver).repositories, NAMES, [
      "",
      ...NAMES,
      "a-",
      "a/",
      "a/b/",
      "b",
    ]);
  });
});

Deno.test("Repositories.list() pages through more names than one slice, at two levels", async () => {
  const driver = new MemoryDriver();
  const names = Array.from({ length: LIST_SLICE_ENTRIES + 50 }, (_, index) => [
    repository(`r${index}`),
    repository(`r7/r${index}`),
  ]).flat();
  await putManifests(driver, names);
  const repositories = openStore(driver).repositories;
  const paged: RepositoryName[] = [];
  for (let after = ""; paged.length < names.length; after = paged.at(-1) ?? "") {
    const page = await repositories.list({ after, limit: 77 });
    assertEquals(page.length, Math.min(77, names.length - paged.length));
    paged.push(...page);
  }
  assertEquals(paged, names.sort());
});

Deno.test("Repositories.list() with a limit of 0 is empty", async () => {
  const driver = new MemoryDriver();
  await putManifests(driver, NAMES);
  assertEquals(await openStore(driver).repositories.list({ limit: 0 }), []);
});

Deno.test("Repositories.list() of a new store is empty", async () => {
  assertEquals(await openStore(new MemoryDriver()).repositories.list(), []);
});

Deno.test("Repositories.list() leaves out repositories that have no manifest", async () => {
  const driver = new MemoryDriver();
  const store = openStore(driver);
  await pushBlob(store, repository("only-blobs"), textBytes("one"));
  await store.uploads.start(repository("only-uploads"));
  const removed = await pushImage(store, repository("removed"), "one");
  await pushImage(store, repository("whole"), "one");
  assertEquals(await store.repositories.list(), [repository("removed"), repository("whole")]);
  await store.manifests.remove(repository("removed"), removed.digest);
  assertEquals(await store.repositories.list(), [repository("whole")]);
  // As distribution leaves a repository behind whose last manifest it deleted.
  await writeFiles(driver, {
    [`repositories/emptied/_manifests/revisions/sha256/${MANIFEST.slice(7)}/other`]: "",
    "repositories/emptied/_manifests/tags/latest/current/link": MANIFEST,
  });
  assertEquals(await store.repositories.list(), [repository("whole")]);
});

Deno.test("Repositories.list() passes over files and names that are no repositories", async () => {
  const driver = new MemoryDriver();
  await putManifests(driver, NAMES);
  const link = `_manifests/revisions/sha256/${MANIFEST.slice(7)}/link`;
  const foreign = ["UPPER", "_x", "a b", "a..b", "-a", "a/_x", "a/B", ".hidden", "lost+found"];
  await writeFiles(driver, {
    ...Object.fromEntries(foreign.map((name) => [`repositories/${name}/${link}`, MANIFEST])),
    "repositories/a-file": "text",
    "repositories/a/another-file": "text",
    [`repositories/foreign/_manifests/revisions/sha256/junk/link`]: MANIFEST,
    [`repositories/foreign/_manifests/revisions/md5/${MANIFEST.slice(7)}/link`]: MANIFEST,
  });
  await assertListed(openStore(driver).repositories, NAMES, ["", ...NAMES, ...foreign, "a-file"]);
});

Deno.test("Repositories.list() lists manifests of every algorithm", async () => {
  const driver = new MemoryDriver();
  for (const algorithm of ["sha256", "sha384", "sha512"] as const) {
    const digest = digestOf("a manifest", algorithm);
    driver.put(revisionLink(repository(algorithm), digest), encodeLink(digest));
  }
  assertEquals(
    await openStore(driver).repositories.list(),
    ["sha256", "sha384", "sha512"].map(repository),
  );
});

Deno.test("Repositories.list() looks only at the directories of its page", async () => {
  const driver = new MemoryDriver();
  const names = Array.from(
    { length: 1_000 },
    (_, index) => repository(`group${index % 10}/r${index}`),
  );
  await putManifests(driver, names);
  const recorder = new Recorder(driver);
  const repositories = openStore(recorder.driver).repositories;
  await repositories.list();
  for (const after of ["", "group3/r503", "group9/r9"]) {
    const before = recorder.asked;
    await repositories.list({ after, limit: 10 });
    // Two for each repository, one for the level below it, and some for the way down.
    assertLessOrEqual(recorder.asked - before, 45);
  }
});

Deno.test("Repositories.list() looks at few directories again in the same moment", async () => {
  const driver = new MemoryDriver();
  const names = Array.from({ length: 40 }, (_, index) => repository(`team/r${10 + index}`));
  await putManifests(driver, names);
  const recorder = new Recorder(driver);
  const laterMs = Date.now() + 10 * TIMES_SETTLED_MS;
  const { repositories } = openStore(recorder.driver, { nowMs: () => laterMs });
  for (const after of ["", "team/r20"]) {
    const page = await repositories.list({ after, limit: 20 });
    const before = recorder.asked;
    assertEquals(await repositories.list({ after, limit: 20 }), page);
    assertEquals(recorder.asked - before, 2);
  }
});

Deno.test("Repositories.list() shows what the server itself pushes and deletes at once", async () => {
  const laterMs = Date.now() + 10 * TIMES_SETTLED_MS;
  const store = openStore(new MemoryDriver(), { nowMs: () => laterMs });
  const list = () => store.repositories.list({ limit: 10 });
  await pushImage(store, repository("team/a"), "one");
  assertEquals(await list(), [repository("team/a")]);
  const { digest } = await pushImage(store, repository("team/a/below"), "one");
  assertEquals(await list(), [repository("team/a"), repository("team/a/below")]);
  await store.manifests.remove(repository("team/a/below"), digest);
  assertEquals(await list(), [repository("team/a")]);
  await store.manifests.removeRevision(repository("team/a"), digest, null);
  assertEquals(await list(), []);
  await pushImage(store, repository("team/a"), "one");
  assertEquals(await list(), [repository("team/a")]);
});

Deno.test("Repositories.list() shows what other programs make beside a repository at once", async () => {
  await withDirectory(async (driver, root) => {
    const nowMs = Date.now();
    const { repositories } = openStore(driver, { nowMs: () => nowMs });
    const list = () => repositories.list({ limit: 10 });
    await putManifests(driver, [repository("team/a")]);
    const levels = ["", "team/"].map((prefix) => `${root}/${repositoryPrefix(prefix)}`);
    const settled = new Date(nowMs - 2 * TIMES_SETTLED_MS);
    for (const level of levels) Deno.utimeSync(level, settled, settled);
    assertEquals(await list(), [repository("team/a")]);
    for (const name of ["team/b", "other/a"]) {
      await list();
      await putManifests(driver, [repository(name)]);
      assertEquals((await list()).includes(repository(name)), true, name);
      for (const level of levels) Deno.utimeSync(level, settled, settled);
    }
  });
});

Deno.test("Repositories.list() shows what other programs change in a repository a moment later", async () => {
  const driver = new MemoryDriver();
  const clock = { nowMs: Date.now() + 10 * TIMES_SETTLED_MS };
  const { repositories } = openStore(driver, { nowMs: () => clock.nowMs });
  const list = () => repositories.list({ limit: 10 });
  await putManifests(driver, [repository("a"), repository("b")]);
  assertEquals(await list(), [repository("a"), repository("b")]);
  await driver.remove(revisionLink(repository("a"), MANIFEST));
  clock.nowMs += SIGHTING_MS;
  assertEquals(await list(), [repository("b")]);
});

Deno.test("Repositories.list() keeps no page for those who are not shown all", async () => {
  const laterMs = Date.now() + 10 * TIMES_SETTLED_MS;
  const driver = new MemoryDriver();
  const { repositories } = openStore(driver, { nowMs: () => laterMs });
  await putManifests(driver, [repository("a"), repository("b"), repository("c")]);
  assertEquals(await repositories.list({ limit: 2 }), [repository("a"), repository("b")]);
  assertEquals(await repositories.list({ limit: 2 }, (name) => name !== "a"), [
    repository("b"),
    repository("c"),
  ]);
  assertEquals(await repositories.list({ limit: 2 }, (name) => name === "c"), [repository("c")]);
  assertEquals(await repositories.list({ limit: 2 }), [repository("a"), repository("b")]);
});

Deno.test("Repositories.exists() tells of a repository that has blobs or manifests", async () => {
  const store = openStore(new MemoryDriver());
  const name = repository("library/alpine");
  assertEquals(await store.repositories.exists(name), false);
  await pushBlob(store, name, textBytes("one"));
  assertEquals(await store.repositories.exists(name), true);
  assertEquals(await store.repositories.hasManifests(name), false);
  assertEquals(await store.repositories.exists(repository("library")), false);
  await store.blobs.remove(name, digestOf("one"));
  assertEquals(await store.repositories.exists(name), false);
});

Deno.test("Repositories.hasManifests() sees a manifest that is put, and one that is removed", async () => {
  const store = openStore(new MemoryDriver());
  const name = repository("library/alpine");
  assertEquals(await store.repositories.hasManifests(name), false);
  const first = await pushImage(store, name, "one");
  const second = await pushImage(store, name, "two");
  assertEquals(await store.repositories.hasManifests(name), true);
  await store.manifests.remove(name, first.digest);
  assertEquals(await store.repositories.hasManifests(name), true);
  await store.manifests.remove(name, second.digest);
  assertEquals(await store.repositories.hasManifests(name), false);
});

Deno.test("Repositories.findLinking() gives the first allowed repository that links a blob", async () => {
  const driver = new MemoryDriver();
  const repositories = openStore(driver).repositories;
  const digest = digestOf("one");
  assertEquals(await repositories.findLinking(digest, () => true), null);
  for (const text of ["b/c", "b-c", "d"]) {
    driver.put(layerLink(repository(text), digest), encodeLink(digest));
  }
  assertEquals(await repositories.findLinking(digest, () => true), repository("b-c"));
  assertEquals(await repositories.findLinking(digest, (name) => name !== "b-c"), repository("b/c"));
  assertEquals(await repositories.findLinking(digest, () => false), null);
  assertEquals(await repositories.findLinking(digestOf("two"), () => true), null);
});
