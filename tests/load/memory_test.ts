import { assertEquals, assertGreater, assertThrows } from "@std/assert";
import { parsePeakResident, peakResidentBytes } from "./memory.ts";

const ON_LINUX = Deno.build.os === "linux";

Deno.test("parsePeakResident() turns the kB of the kernel into bytes", () => {
  assertEquals(parsePeakResident("VmPeak:\t  900 kB\nVmHWM:\t   64 kB\nVmRSS:\t 32 kB\n"), 65_536);
});

Deno.test("parsePeakResident() throws when the process has no memory left", () => {
  assertThrows(() => parsePeakResident("State:\tZ (zombie)\n"), Error, "VmHWM");
});

Deno.test({
  name: "peakResidentBytes() reads a live process" +
    (ON_LINUX ? "" : " (skipped: only Linux has /proc)"),
  ignore: !ON_LINUX,
  fn: async () => assertGreater(await peakResidentBytes(Deno.pid), 1024 * 1024),
});
