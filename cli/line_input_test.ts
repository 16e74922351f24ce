import { assertEquals } from "@std/assert";
import { type LineSource, readLines } from "./line_input.ts";

/** Gives bytes in reads of a size. */
function sourceOf(text: string, readBytes: number): LineSource {
  let rest = new TextEncoder().encode(text);
  return {
    readSync(buffer): number | null {
      if (rest.length === 0) return null;
      const piece = rest.subarray(0, Math.min(readBytes, buffer.length));
      buffer.set(piece);
      rest = rest.subarray(piece.length);
      return piece.length;
    },
  };
}

function lines(text: string, charactersMax = 100): (string | null)[] {
  const whole = [...readLines(sourceOf(text, 1000), charactersMax)];
  assertEquals([...readLines(sourceOf(text, 1), charactersMax)], whole);
  return whole;
}

Deno.test("readLines() yields nothing for nothing", () => {
  assertEquals(lines(""), []);
});

Deno.test("readLines() yields lines without their ends, however they are read", () => {
  assertEquals(lines("a\nb\r\n\n \u{1f433}\r\r\n"), ["a", "b", "", " \u{1f433}\r"]);
});

Deno.test("readLines() yields a last line that has no end", () => {
  assertEquals(lines("a\nb"), ["a", "b"]);
  assertEquals(lines("\u{1f433}"), ["\u{1f433}"]);
});

Deno.test("readLines() keeps a byte order mark, which belongs to no digest", () => {
  assertEquals(lines("\ufeffa\n"), ["\ufeffa"]);
});

Deno.test("readLines() yields null in place of a line that is too long", () => {
  assertEquals(lines("abc\nabcd\nabc", 3), ["abc", null, "abc"]);
  assertEquals(lines("abcdefghijkl\n\nabcd", 3), [null, "", null]);
});
