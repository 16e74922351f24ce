import { assertEquals } from "@std/assert";
import { ReadOnlySwitch } from "./read_only.ts";

Deno.test("ReadOnlySwitch is on as long as there is a reason", () => {
  const readOnly = new ReadOnlySwitch();
  assertEquals(readOnly.isOn, false);
  readOnly.set("signal", true);
  readOnly.set("file", true);
  readOnly.set("signal", false);
  assertEquals([readOnly.isOn, readOnly.has("signal"), readOnly.has("file")], [true, false, true]);
  readOnly.set("file", false);
  assertEquals(readOnly.isOn, false);
});

Deno.test("ReadOnlySwitch over the same memory is the same switch", () => {
  const one = new ReadOnlySwitch();
  const other = new ReadOnlySwitch(one.buffer);
  one.set("settings", true);
  assertEquals(other.isOn, true);
});
