import { assertEquals, assertThrows } from "@std/assert";
import { median, summarize } from "./measure.ts";

Deno.test("median() of an odd number of samples is the middle one, whatever their order", () => {
  assertEquals(median([30, 10, 20]), 20);
  assertEquals(median([7]), 7);
});

Deno.test("median() of an even number of samples is the mean of the middle two", () => {
  assertEquals(median([4, 1, 3, 2]), 2.5);
});

Deno.test("median() compares numbers, not their text", () => {
  assertEquals(median([100, 9, 20]), 20);
});

Deno.test("median() leaves the samples in their order", () => {
  const samples = [3, 1, 2];
  median(samples);
  assertEquals(samples, [3, 1, 2]);
});

Deno.test("median() throws without samples", () => {
  assertThrows(() => median([]), Error, "No samples");
});

Deno.test("summarize() gives the median and both ends", () => {
  assertEquals(summarize([5, 1, 9]), { median: 5, min: 1, max: 9 });
});
