import { assertEquals, assertThrows } from "@std/assert";
import { LineOutput } from "./line_output.ts";

Deno.test("LineOutput writes all, however little is taken at a time", () => {
  const taken: number[] = [];
  const output = new LineOutput((bytes) => {
    const part = bytes.subarray(0, 3);
    taken.push(...part);
    return part.length;
  });
  output.line("first");
  output.json({ type: "second" });
  assertEquals(taken, []);
  output.flush();
  assertEquals(new TextDecoder().decode(new Uint8Array(taken)), 'first\n{"type":"second"}\n');
});

Deno.test("LineOutput says when nobody reads any more", () => {
  const output = new LineOutput(() => {
    throw new Deno.errors.BrokenPipe();
  });
  output.line("lost");
  assertThrows(() => output.flush(), Deno.errors.BrokenPipe);
});
