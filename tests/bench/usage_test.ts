import { assertEquals, assertGreater, assertThrows } from "@std/assert";
import { parseCpuSeconds, withUsage } from "./usage.ts";

/** Long enough for the system to have counted some of it, even on a loaded machine. */
const BUSY_MS = 500;

const ON_LINUX = Deno.build.os === "linux";

Deno.test("parseCpuSeconds() adds user and kernel time, whatever the name of the program", () => {
  const fields = "S 1 1 1 0 -1 4194304 100 0 0 0 250 50 7 7 20 0 3 0 100";
  assertEquals(parseCpuSeconds(`42 (a) b (c)) ${fields}`), 3);
});

Deno.test("parseCpuSeconds() throws on anything else", () => {
  assertThrows(() => parseCpuSeconds("42 (deno) S 1"), Error, "No times");
});

Deno.test({
  name: "withUsage() tells the result and what it cost" +
    (ON_LINUX ? "" : " (skipped: only Linux has /proc)"),
  ignore: !ON_LINUX,
  fn: async () => {
    const { result, usage } = await withUsage(Deno.pid, () => {
      const end = performance.now() + BUSY_MS;
      let turns = 0;
      while (performance.now() < end) turns++;
      return Promise.resolve(turns > 0);
    });
    assertEquals(result, true);
    assertGreater(usage?.cpuSeconds ?? 0, 0);
    assertGreater(usage?.peakBytes ?? 0, 1024 * 1024);
  },
});
