import { assertEquals } from "@std/assert";
import { SIGHTING_MS, SIGHTINGS_MAX } from "./limits.ts";
import { Sightings } from "./sightings.ts";

Deno.test("Sightings.get() gives what was found until it has to be looked for again", () => {
  let nowMs = 1_000;
  const sightings = new Sightings<string, number>(() => nowMs);
  assertEquals(sightings.get("a"), undefined);
  sightings.set("a", 1);
  nowMs += SIGHTING_MS - 1;
  assertEquals(sightings.get("a"), 1);
  nowMs += 1;
  assertEquals(sightings.get("a"), undefined);
  sightings.set("a", 2);
  assertEquals(sightings.get("a"), 2);
});

Deno.test("Sightings.get() does not make a sighting last longer", () => {
  let nowMs = 0;
  const sightings = new Sightings<string, number>(() => nowMs);
  sightings.set("a", 1);
  for (nowMs = 1; nowMs < SIGHTING_MS; nowMs++) assertEquals(sightings.get("a"), 1);
  assertEquals(sightings.get("a"), undefined);
});

Deno.test("Sightings.delete() forgets one of them", () => {
  const sightings = new Sightings<string, number>(() => 0);
  sightings.set("a", 1);
  sightings.set("b", 2);
  sightings.delete("a");
  assertEquals([sightings.get("a"), sightings.get("b")], [undefined, 2]);
});

Deno.test("Sightings.set() forgets the oldest beyond the limit", () => {
  const sightings = new Sightings<number, number>(() => 0);
  for (let key = 0; key <= SIGHTINGS_MAX; key++) sightings.set(key, key);
  assertEquals([sightings.get(0), sightings.get(1)], [undefined, 1]);
});

Deno.test("Sightings.set() counts from when something was found, and by its weight", () => {
  const nowMs = 1_000;
  const sightings = new Sightings<string, number>(() => nowMs, 10);
  sightings.set("old", 1, 1, nowMs - SIGHTING_MS);
  sightings.set("late", 2, 1, nowMs - SIGHTING_MS + 1);
  assertEquals([sightings.get("old"), sightings.get("late")], [undefined, 2]);
  sightings.set("heavy", 3, 10);
  assertEquals([sightings.get("late"), sightings.get("heavy")], [undefined, 3]);
});
