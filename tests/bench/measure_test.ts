import { assertEquals, assertThrows } from "@std/assert";
import { median, percentile, slope, summarize } from "./measure.ts";

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

Deno.test("percentile() is the sample that so many percent do not exceed", () => {
  const samples = Array.from({ length: 200 }, (_, index) => 200 - index);
  assertEquals([50, 99, 100].map((percent) => percentile(samples, percent)), [100, 198, 200]);
  assertEquals(percentile([7], 99), 7);
  assertThrows(() => percentile([], 99), Error, "No samples");
});

Deno.test("slope() is that of the line of least squares", () => {
  assertEquals(slope([[0, 1], [1, 3], [2, 5]]), 2);
  assertEquals(slope([[0, 1], [1, 2], [2, 1]]), 0);
  assertEquals(slope([[5, 1]]), 0);
});
