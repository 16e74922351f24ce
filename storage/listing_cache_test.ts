import { assertEquals, assertStrictEquals } from "@std/assert";
import { TIMES_SETTLED_MS } from "./limits.ts";
import { firstAfter, ListingCache, pageOf } from "./listing_cache.ts";

const NAMES = ["a", "b", "d"];

Deno.test("ListingCache.get() gives the very listing while the directory does not change", () => {
  const cache = new ListingCache();
  assertEquals(cache.get("x", 1_000), null);
  cache.set("x", NAMES, 1_000, 1_000 + TIMES_SETTLED_MS);
  assertStrictEquals(cache.get("x", 1_000), NAMES);
  assertStrictEquals(cache.get("x", 1_000), NAMES);
  assertEquals(cache.get("x", 1_001), null);
  assertEquals(cache.get("x", 999), null);
  assertEquals(cache.get("y", 1_000), null);
});

Deno.test("ListingCache.set() does not trust a time that is too young, and forgets what it had", () => {
  const cache = new ListingCache();
  cache.set("x", NAMES, 1_000, 1_000 + TIMES_SETTLED_MS);
  cache.set("x", ["e"], 1_000, 1_000 + TIMES_SETTLED_MS - 1);
  assertEquals(cache.get("x", 1_000), null);
  cache.set("x", NAMES, 5_000, 1_000);
  assertEquals(cache.get("x", 5_000), null);
});

Deno.test("ListingCache keeps a number of names, over all listings", () => {
  const cache = new ListingCache(8);
  cache.set("x", NAMES, 0, TIMES_SETTLED_MS);
  cache.set("y", NAMES, 0, TIMES_SETTLED_MS);
  assertStrictEquals(cache.get("x", 0), NAMES);
  cache.set("z", NAMES, 0, TIMES_SETTLED_MS);
  assertEquals(cache.get("y", 0), null);
  assertStrictEquals(cache.get("x", 0), NAMES);
  assertStrictEquals(cache.get("z", 0), NAMES);
});

Deno.test("ListingCache does not keep a listing that is longer than all may be", () => {
  const cache = new ListingCache(3);
  cache.set("x", NAMES, 0, TIMES_SETTLED_MS);
  assertEquals(cache.get("x", 0), null);
});

Deno.test("firstAfter() agrees with a search one by one", () => {
  for (let length = 0; length <= 9; length++) {
    const names = Array.from({ length }, (_, index) => `n${index}`);
    for (const after of ["", "m", "n", ...names, ...names.map((name) => `${name}!`), "o"]) {
      const found = names.findIndex((name) => name > after);
      assertEquals(firstAfter(names, after), found < 0 ? length : found, `${length} "${after}"`);
    }
  }
});

Deno.test("pageOf() cuts at both ends", () => {
  assertStrictEquals(pageOf(NAMES, undefined, undefined), NAMES);
  assertEquals(pageOf(NAMES, "a", undefined), ["b", "d"]);
  assertEquals(pageOf(NAMES, "c", undefined), ["d"]);
  assertEquals(pageOf(NAMES, "d", undefined), []);
  assertEquals(pageOf(NAMES, undefined, 2), ["a", "b"]);
  assertEquals(pageOf(NAMES, "a", 1), ["b"]);
  assertEquals(pageOf(NAMES, undefined, 0), []);
  assertEquals(pageOf([], "a", 1), []);
});
