import { assertEquals } from "@std/assert";
import { BoundedMap } from "./bounded_map.ts";

/** The names that a map holds, of all that were ever set. */
function keptOf(map: BoundedMap<string, unknown>, names: string): string {
  return [...names].filter((name) => map.get(name) !== undefined).join("");
}

Deno.test("BoundedMap.get() gives what was set, and undefined for the rest", () => {
  const map = new BoundedMap<string, number>(2);
  map.set("a", 1);
  assertEquals(map.get("a"), 1);
  assertEquals(map.get("b"), undefined);
  map.set("a", 2);
  assertEquals(map.get("a"), 2);
});

Deno.test("BoundedMap drops the least recently used once it is full", () => {
  const map = new BoundedMap<string, number>(3);
  for (const name of "abc") map.set(name, 1);
  map.get("a");
  map.set("d", 1);
  assertEquals(keptOf(map, "abcd"), "acd");
});

Deno.test("BoundedMap drops as many as a heavy entry needs", () => {
  const map = new BoundedMap<string, number>(10);
  for (const name of "abcd") map.set(name, 1, 2);
  map.set("e", 1, 7);
  assertEquals(keptOf(map, "abcde"), "de");
});

Deno.test("BoundedMap counts an entry that is set again by its new weight", () => {
  const map = new BoundedMap<string, number>(10);
  for (let count = 0; count < 20; count++) map.set("a", count, 8);
  map.set("b", 1, 2);
  assertEquals(keptOf(map, "ab"), "ab");
  map.set("a", 1, 1);
  map.set("c", 1, 7);
  assertEquals(keptOf(map, "abc"), "abc");
});

Deno.test("BoundedMap keeps nothing that alone is too heavy, and forgets what had the name", () => {
  const map = new BoundedMap<string, number>(10);
  map.set("a", 1, 5);
  map.set("b", 1, 5);
  map.set("a", 2, 11);
  assertEquals(keptOf(map, "ab"), "b");
  map.set("c", 1, 5);
  assertEquals(keptOf(map, "abc"), "bc");
});

Deno.test("BoundedMap.delete() makes room", () => {
  const map = new BoundedMap<string, number>(2);
  map.set("a", 1);
  map.set("b", 1);
  map.delete("a");
  map.delete("a");
  map.delete("x");
  map.set("c", 1);
  assertEquals(keptOf(map, "abc"), "bc");
});

Deno.test("BoundedMap tells null from absence", () => {
  const map = new BoundedMap<string, null>(1);
  map.set("a", null);
  assertEquals(map.get("a"), null);
});
