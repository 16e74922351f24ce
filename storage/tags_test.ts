import { assertEquals } from "@std/assert";
import { textBytes } from "./contract/bytes.ts";
import { encodeLink, revisionLink, tagCurrentLink, tagDirectory, tagsDirectory } from "./layout.ts";
import { LIST_SLICE_ENTRIES } from "./limits.ts";
import { MemoryDriver } from "./memory.ts";
import { openStore } from "./store.ts";
import {
  digestOf,
  filesOf,
  indexOf,
  pushImage,
  Recorder,
  repository,
  tagOf,
  writeFiles,
} from "./store_kit.ts";

const NAME = repository("library/alpine");
const TAG = tagOf("latest");

/** Tags that are told apart by what sorts before and after letters, digits and each other. */
const TAGS = [
  "0",
  "10",
  "1.0",
  "1-0",
  "1_0",
  "9",
  "A",
  "Z",
  "_",
  "a",
  "a-b",
  "a.b",
  "aa",
  "v1",
  "v10",
  "v2",
]
  .map(tagOf);

Deno.test("Tags.resolve() is null for a tag that is absent, damaged or points nowhere", async () => {
  const driver = new MemoryDriver();
  const store = openStore(driver);
  assertEquals(await store.tags.resolve(NAME, TAG), null);
  const image = await pushImage(store, NAME, "one", { tags: [TAG] });
  for (const link of ["", image.digest.slice(1), `${image.digest}\n`, "junk", digestOf("gone")]) {
    driver.put(tagCurrentLink(NAME, TAG), textBytes(link));
    assertEquals(await store.tags.resolve(NAME, TAG), null, link);
    assertEquals(await store.tags.list(NAME), []);
    assertEquals(await store.tags.remove(NAME, TAG), false);
  }
  driver.put(tagCurrentLink(NAME, TAG), encodeLink(image.digest));
  assertEquals(await store.tags.resolve(NAME, TAG), image.digest);
  driver.remove(revisionLink(NAME, image.digest));
  assertEquals(await store.tags.resolve(NAME, TAG), null);
});

Deno.test("Tags.put() moves a tag, and keeps its history", async () => {
  const driver = new MemoryDriver();
  const store = openStore(driver);
  const first = await pushImage(store, NAME, "one", { tags: [TAG] });
  const second = await pushImage(store, NAME, "two", { tags: [TAG] });
  assertEquals(await store.tags.resolve(NAME, TAG), second.digest);
  const below = `repositories/${NAME}/_manifests/tags/latest`;
  const files = Object.entries(await filesOf(driver)).filter(([path]) => path.startsWith(below));
  assertEquals(
    Object.fromEntries(files),
    {
      [`${below}/current/link`]: second.digest,
      [`${below}/index/sha256/${first.digest.slice(7)}/link`]: first.digest,
      [`${below}/index/sha256/${second.digest.slice(7)}/link`]: second.digest,
    },
  );
});

Deno.test("Tags.remove() takes the tag with its history, and leaves the manifest", async () => {
  const driver = new MemoryDriver();
  const store = openStore(driver);
  const image = await pushImage(store, NAME, "one", { tags: [TAG, tagOf("stable")] });
  assertEquals(await store.tags.remove(NAME, TAG), true);
  assertEquals(await store.tags.remove(NAME, TAG), false);
  assertEquals(driver.stat(tagDirectory(NAME, TAG)), null);
  assertEquals(await store.tags.list(NAME), [tagOf("stable")]);
  assertEquals(await store.tags.remove(NAME, tagOf("stable")), true);
  assertEquals(driver.stat(tagsDirectory(NAME)), null);
  assertEquals(await store.manifests.exists(NAME, image.digest), true);
});

Deno.test("Tags.list() gives the tags in the order of their bytes, from any cut, up to any limit", async () => {
  const store = openStore(new MemoryDriver());
  await pushImage(store, NAME, "one", { tags: TAGS });
  const sorted = [...TAGS].sort();
  assertEquals(await store.tags.list(NAME), sorted);
  for (const after of ["", ...sorted, "!", "1", "a!", "b", "zzz", "~"]) {
    const expected = sorted.filter((tag) => tag > after);
    for (const limit of [0, 1, 2, 5, 100]) {
      assertEquals(await store.tags.list(NAME, { after, limit }), expected.slice(0, limit));
    }
    assertEquals(await store.tags.list(NAME, { after }), expected);
  }
});

Deno.test("Tags.list() is empty for a repository that is not there", async () => {
  const store = openStore(new MemoryDriver());
  assertEquals(await store.tags.list(NAME), []);
});

Deno.test("Tags.list() fills a page past what is no tag", async () => {
  const driver = new MemoryDriver();
  const store = openStore(driver);
  await pushImage(store, NAME, "one", { tags: TAGS });
  const below = `repositories/${NAME}/_manifests/tags`;
  const noTags = ["a~", "a b", "-a", ".a", "1.0.tmp!", "x".repeat(129)];
  // A tag without a link, as a crash of distribution leaves it; one with an empty link; and foreign files.
  await writeFiles(driver, {
    [`${below}/a0/index/sha256/x/link`]: "",
    [`${below}/a1/current/link`]: "",
    [`${below}/a2`]: "a file",
    ...Object.fromEntries(noTags.map((name) => [`${below}/${name}/current/link`, digestOf("x")])),
  });
  const sorted = [...TAGS].sort();
  assertEquals(await store.tags.list(NAME), sorted);
  for (let start = 0; start < sorted.length; start++) {
    const after = sorted[start - 1] ?? "";
    assertEquals(await store.tags.list(NAME, { after, limit: 3 }), sorted.slice(start, start + 3));
  }
});

Deno.test("Tags.list() goes over more tags than one slice", async () => {
  const store = openStore(new MemoryDriver());
  const tags = Array.from({ length: 2 * LIST_SLICE_ENTRIES + 1 }, (_, index) => tagOf(`v${index}`));
  await store.manifests.put(NAME, indexOf([], tags));
  assertEquals(await store.tags.list(NAME), [...tags].sort());
});

Deno.test("Tags.list() looks only at the tags of its page", async () => {
  const recorder = new Recorder(new MemoryDriver());
  const store = openStore(recorder.driver);
  const tags = Array.from({ length: 1_000 }, (_, index) => tagOf(`v${index}`));
  await store.manifests.put(NAME, indexOf([], tags));
  const before = recorder.asked;
  assertEquals((await store.tags.list(NAME, { after: "v500", limit: 10 })).length, 10);
  // One listing, a link for each tag, and the revision that all of them name.
  assertEquals(recorder.asked - before, 12);
});

Deno.test("Tags.naming() gives the tags of a manifest and no others", async () => {
  const store = openStore(new MemoryDriver());
  const image = await pushImage(store, NAME, "one", { tags: [TAG, tagOf("b"), tagOf("a")] });
  await pushImage(store, NAME, "two", { tags: [tagOf("b"), tagOf("c")] });
  assertEquals(await store.tags.naming(NAME, image.digest), [tagOf("a"), TAG]);
  assertEquals(await store.tags.naming(NAME, digestOf("absent")), []);
});
