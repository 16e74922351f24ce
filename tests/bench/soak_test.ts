import { assert, assertEquals, assertFalse, assertGreater, assertThrows } from "@std/assert";
import { type MemorySeries, soakFigures } from "./soak.ts";

/** A sample a second for a minute. */
function seriesOf(bytesAt: (second: number) => number): MemorySeries {
  return Array.from({ length: 61 }, (_, second) => [second * 1000, bytesAt(second)] as const);
}

Deno.test("soakFigures() calls memory flat that goes up and down", () => {
  const figures = soakFigures(seriesOf((second) => 100 + second % 2));
  assert(figures.isFlat);
  assertEquals([figures.start, figures.end].map(Math.floor), [100, 100]);
});

Deno.test("soakFigures() passes over the memory that caches take at first", () => {
  assert(soakFigures(seriesOf((second) => second < 5 ? 10 : 100)).isFlat);
});

Deno.test("soakFigures() sees growth, and by how much in an hour", () => {
  const figures = soakFigures(seriesOf((second) => 100 + second));
  assertFalse(figures.isFlat);
  assertEquals(Math.round(figures.bytesPerHour), 3600);
  assertGreater(figures.middle, figures.start);
  assertGreater(figures.end, figures.middle);
});

Deno.test("soakFigures() throws without samples", () => {
  assertThrows(() => soakFigures([]), Error, "No samples");
});
