import { assertEquals, assertStrictEquals } from "@std/assert";
import { ContentCache } from "./content_cache.ts";
import { textBytes } from "./contract/bytes.ts";
import { SMALL_FILES_BYTES_MAX, SMALL_FILES_MAX, TIMES_SETTLED_MS } from "./limits.ts";

const CONTENT = textBytes("one");
const STATE = { inode: 7, modifiedMs: 1_000, size: 3 };
const SETTLED_MS = STATE.modifiedMs + TIMES_SETTLED_MS;

Deno.test("ContentCache.get() gives what was kept of a file in the same state", () => {
  const cache = new ContentCache();
  assertEquals(cache.get("x", STATE), null);
  cache.set("x", STATE, CONTENT, SETTLED_MS);
  assertStrictEquals(cache.get("x", STATE), CONTENT);
  assertEquals(cache.get("y", STATE), null);
});

for (const change of [{ inode: 8 }, { inode: null }, { modifiedMs: 1_001 }, { size: 4 }]) {
  Deno.test(`ContentCache.get() is null for a file that has changed: ${JSON.stringify(change)}`, () => {
    const cache = new ContentCache();
    cache.set("x", STATE, CONTENT, SETTLED_MS);
    assertEquals(cache.get("x", { ...STATE, ...change }), null);
  });
}

Deno.test("ContentCache.set() keeps nothing of a file that changed just now", () => {
  const cache = new ContentCache();
  cache.set("x", STATE, CONTENT, SETTLED_MS - 1);
  assertEquals(cache.get("x", STATE), null);
});

Deno.test("ContentCache.set() keeps nothing that is not as long as the file was seen to be", () => {
  const cache = new ContentCache();
  cache.set("x", { ...STATE, size: 4 }, CONTENT, SETTLED_MS);
  assertEquals(cache.get("x", { ...STATE, size: 4 }), null);
});

Deno.test("ContentCache.set() keeps small files only", () => {
  const cache = new ContentCache();
  for (const size of [SMALL_FILES_BYTES_MAX, SMALL_FILES_BYTES_MAX + 1]) {
    const content = new Uint8Array(size);
    cache.set("x", { ...STATE, size }, content, SETTLED_MS);
    const isKept = cache.get("x", { ...STATE, size }) !== null;
    assertEquals(isKept, size <= SMALL_FILES_BYTES_MAX);
  }
});

Deno.test("ContentCache forgets the files that were not asked for", () => {
  const cache = new ContentCache();
  for (let count = 0; count <= SMALL_FILES_MAX; count++) {
    cache.set(`x${count}`, STATE, CONTENT, SETTLED_MS);
  }
  assertEquals(cache.get("x0", STATE), null);
  assertStrictEquals(cache.get("x1", STATE), CONTENT);
});
