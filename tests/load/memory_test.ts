import { assertEquals, assertGreater, assertLess, assertThrows } from "@std/assert";
import {
  parsePeakResident,
  peakResidentBytes,
  resetPeakResident,
  residentBytes,
} from "./memory.ts";

const ON_LINUX = Deno.build.os === "linux";

Deno.test("parsePeakResident() turns the kB of the kernel into bytes", () => {
  assertEquals(parsePeakResident("VmPeak:\t  900 kB\nVmHWM:\t   64 kB\nVmRSS:\t 32 kB\n"), 65_536);
});

Deno.test("parsePeakResident() throws when the process has no memory left", () => {
  assertThrows(() => parsePeakResident("State:\tZ (zombie)\n"), Error, "VmHWM");
});

const LINUX_ONLY = ON_LINUX ? "" : " (skipped: only Linux has /proc)";

Deno.test({
  name: `peakResidentBytes() reads a live process${LINUX_ONLY}`,
  ignore: !ON_LINUX,
  fn: async () => assertGreater(await peakResidentBytes(Deno.pid), 1024 * 1024),
});

Deno.test({
  name: `resetPeakResident() lets the peak begin at what is resident${LINUX_ONLY}`,
  ignore: !ON_LINUX,
  fn: async () => {
    const bytes = 64 * 1024 * 1024;
    const child = new Deno.Command(Deno.execPath(), {
      // It has the memory for a moment, gives it back without waiting for the garbage collector, says so, and waits.
      args: [
        "eval",
        `const held = new Uint8Array(${bytes}).fill(1).buffer; held.transfer(0); console.log("had"); ` +
        "await new Response(Deno.stdin.readable).text();",
      ],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const reader = child.stdout.getReader();
    await reader.read();
    const peak = await peakResidentBytes(child.pid);
    await resetPeakResident(child.pid);
    const after = await peakResidentBytes(child.pid);
    assertLess(after, peak);
    assertLess(Math.abs(after - await residentBytes(child.pid)), bytes);
    await child.stdin.close();
    await reader.cancel();
    await child.status;
  },
});
