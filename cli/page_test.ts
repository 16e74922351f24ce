import { assert, assertEquals } from "@std/assert";
import { columns, heading, paragraph, PLAIN_PAGE, prefixed, wrap } from "./page.ts";

const NARROW = { width: 40, isStyled: false };
const ROWS = [["--root DIR", "directory of the store; made if it is missing"]] as const;

Deno.test("wrap() breaks between words, and keeps a long word whole", () => {
  assertEquals(wrap(["one", "two", "three"], 7), ["one two", "three"]);
  assertEquals(wrap(["a", "very-long-word", "b"], 5), ["a", "very-long-word", "b"]);
  assertEquals(wrap(["one", "two", "three"], null), ["one two three"]);
  assertEquals(wrap([], 7), []);
});

Deno.test("paragraph() indents the lines after its first", () => {
  assertEquals(paragraph({ width: 9, isStyled: false }, ["Usage:", "one", "two"], "  "), [
    "Usage:",
    "  one two",
  ]);
});

Deno.test("prefixed() puts its prefix before each line", () => {
  assertEquals(prefixed({ width: 9, isStyled: false }, ["one", "two", "three"], "# "), [
    "# one two",
    "# three",
  ]);
});

Deno.test("columns() leaves no blanks at the end of lines, and breaks none for a pipe", () => {
  assertEquals(columns(PLAIN_PAGE, [["a", "b"], ["long", ""]]), ["  a     b", "  long"]);
  assertEquals(columns(PLAIN_PAGE, []), []);
});

Deno.test("columns() breaks the second column where the page is narrow", () => {
  assertEquals(columns(NARROW, ROWS), [
    "  --root DIR  directory of the store;",
    "              made if it is missing",
  ]);
});

Deno.test("columns() puts the second column below the first where it would get too narrow", () => {
  assertEquals(columns({ width: 30, isStyled: false }, ROWS), [
    "  --root DIR",
    "        directory of the",
    "        store; made if it is",
    "        missing",
  ]);
});

Deno.test("heading() is bold only where the page has style", () => {
  assertEquals(heading(PLAIN_PAGE, "Flags:"), "Flags:");
  assert(heading({ width: 80, isStyled: true }, "Flags:").startsWith("\x1b[1mFlags:"));
});
