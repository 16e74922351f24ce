import { assertEquals } from "@std/assert";
import { decodeEvent, encodeEvents, lineEnd } from "./event_lines.ts";

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

Deno.test("encodeEvents() writes a line for each, with the CRC-32 of its bytes", () => {
  // CRC-32 of "123456789" is the check value that its definitions give: cbf43926.
  assertEquals(text(encodeEvents(["123456789", "é"], false)), "cbf43926 123456789\n0e048d3e é\n");
});

Deno.test("encodeEvents() ends a line before its own", () => {
  assertEquals(text(encodeEvents(["123456789"], true)), "\ncbf43926 123456789\n");
});

Deno.test("decodeEvent() reads what was written, and nothing else", () => {
  const line = encodeEvents(['{"a":"é"}'], false).subarray(0, -1);
  assertEquals(decodeEvent(line), '{"a":"é"}');
  for (let index = 0; index < line.length; index++) {
    const damaged = line.slice();
    damaged[index] = (damaged[index] ?? 0) ^ 1;
    assertEquals(decodeEvent(damaged), null, `byte ${index}`);
    assertEquals(decodeEvent(line.subarray(0, index)), null, `${index} bytes`);
  }
  assertEquals(decodeEvent(new Uint8Array(40)), null);
});

Deno.test("lineEnd() is behind the first line break", () => {
  assertEquals(lineEnd(new TextEncoder().encode("ab\ncd\n")), 3);
  assertEquals(lineEnd(new TextEncoder().encode("ab")), 0);
});
