import { assertEquals } from "@std/assert";
import { FilesystemClock } from "./filesystem_clock.ts";
import { CLOCK_TICK_MS_MAX } from "./limits.ts";

const START_MS = Date.UTC(2024, 0, 1);

/** The clock of a file system that differs from the host's, and takes its time to answer. */
function clockOf(skewMs: number, answerMs: number): FilesystemClock {
  let hostMs = START_MS;
  const probe = (): number => {
    hostMs += answerMs;
    return hostMs + skewMs;
  };
  return new FilesystemClock(probe, () => hostMs);
}

Deno.test("FilesystemClock.estimate() is the time of the host where the clock is the same", () => {
  for (const lagMs of [0, 4, CLOCK_TICK_MS_MAX]) {
    assertEquals(clockOf(-lagMs, 0).estimate(), START_MS);
  }
  assertEquals(clockOf(0, 500).estimate(), START_MS + 500);
});

Deno.test("FilesystemClock.estimate() is never behind the clock of the file system", () => {
  for (const skewMs of [-7_000, -300, 1, 300, 7_000]) {
    for (const answerMs of [0, 250]) {
      const behindMs = START_MS + answerMs + skewMs - clockOf(skewMs, answerMs).estimate();
      assertEquals(behindMs <= 0, true, `skew ${skewMs} ms, answered in ${answerMs} ms`);
    }
  }
});

Deno.test("FilesystemClock.estimate() is that of the host where the file system cannot be asked", () => {
  const clock = new FilesystemClock(() => {
    throw new Error("read-only");
  }, () => START_MS);
  assertEquals(clock.now(), START_MS);
  assertEquals(clock.estimate(), START_MS);
});
