import { assertEquals, assertStrictEquals } from "@std/assert";
import { ContentCache, isCurrent } from "./content_cache.ts";
import { textBytes } from "./contract/bytes.ts";
import type { StoragePath } from "./driver.ts";
import { SMALL_FILES_BYTES_MAX, SMALL_FILES_MAX, TIMES_SETTLED_MS } from "./limits.ts";

const STATE = { inode: 7, modifiedMs: 1_000, size: 3 };
const FILE = { ...STATE, absolute: "/store/x", content: textBytes("one") };
const SETTLED_MS = STATE.modifiedMs + TIMES_SETTLED_MS;

function pathOf(name: string): StoragePath {
  return name as StoragePath;
}

const PATH = pathOf("x");

Deno.test("ContentCache.get() gives what was kept", () => {
  const cache = new ContentCache();
  assertEquals(cache.get(PATH), null);
  cache.set(PATH, FILE, SETTLED_MS);
  assertStrictEquals(cache.get(PATH), FILE);
  assertEquals(cache.get(pathOf("y")), null);
});

Deno.test("isCurrent() is true for a file in the same state", () => {
  assertEquals(isCurrent(FILE, { ...STATE }), true);
});

for (const change of [{ inode: 8 }, { inode: null }, { modifiedMs: 1_001 }, { size: 4 }]) {
  Deno.test(`isCurrent() is false for a file that has changed: ${JSON.stringify(change)}`, () => {
    assertEquals(isCurrent(FILE, { ...STATE, ...change }), false);
  });
}

Deno.test("ContentCache.set() keeps nothing of a file that changed just now", () => {
  const cache = new ContentCache();
  cache.set(PATH, FILE, SETTLED_MS - 1);
  assertEquals(cache.get(PATH), null);
});

Deno.test("ContentCache.set() keeps nothing that is not as long as the file was seen to be", () => {
  const cache = new ContentCache();
  cache.set(PATH, { ...FILE, size: 4 }, SETTLED_MS);
  assertEquals(cache.get(PATH), null);
});

Deno.test("ContentCache.set() keeps small files only", () => {
  for (const size of [SMALL_FILES_BYTES_MAX, SMALL_FILES_BYTES_MAX + 1]) {
    const cache = new ContentCache();
    cache.set(PATH, { ...FILE, size, content: new Uint8Array(size) }, SETTLED_MS);
    assertEquals(cache.get(PATH) !== null, size <= SMALL_FILES_BYTES_MAX);
  }
});

Deno.test("ContentCache forgets the files that were not asked for", () => {
  const cache = new ContentCache();
  for (let count = 0; count <= SMALL_FILES_MAX; count++) {
    cache.set(pathOf(`x${count}`), FILE, SETTLED_MS);
  }
  assertEquals(cache.get(pathOf("x0")), null);
  assertStrictEquals(cache.get(pathOf("x1")), FILE);
});
