import { assertEquals } from "@std/assert";
import { pauseMs } from "./pauses.ts";

const ENDPOINT = { threshold: 3, backoffMs: 1_000 };

Deno.test("pauseMs() is nothing below the threshold", () => {
  for (const failures of [0, 1, 2]) assertEquals(pauseMs(ENDPOINT, failures, 0), 0);
});

Deno.test("pauseMs() doubles from the threshold on, up to a minute", () => {
  const pauses = [3, 4, 5, 8, 9, 50, 5_000].map((failures) => pauseMs(ENDPOINT, failures, 0));
  assertEquals(pauses, [1_000, 2_000, 4_000, 32_000, 60_000, 60_000, 60_000]);
});

Deno.test("pauseMs() is never shorter than half of that", () => {
  assertEquals(pauseMs(ENDPOINT, 3, 0.5), 750);
  assertEquals(pauseMs(ENDPOINT, 3, 1), 500);
});

Deno.test("pauseMs() leaves a longer pause alone that was asked for", () => {
  const endpoint = { threshold: 1, backoffMs: 300_000 };
  assertEquals([1, 2].map((failures) => pauseMs(endpoint, failures, 0)), [300_000, 300_000]);
});
