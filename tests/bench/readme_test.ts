import { assertEquals, assertThrows } from "@std/assert";
import { README_BEGIN, README_END, replaceMarked } from "./readme.ts";

Deno.test("replaceMarked() replaces what is between the markers, and only that", () => {
  const text = `# A\n\n${README_BEGIN}\n\nold\n\n${README_END}\n\nafter\n`;
  const expected = `# A\n\n${README_BEGIN}\n\nnew\n\n${README_END}\n\nafter\n`;
  assertEquals(replaceMarked(text, "new\n"), expected);
  assertEquals(replaceMarked(expected, "new"), expected);
});

Deno.test("replaceMarked() throws unless each marker is there once, in their order", () => {
  const wrong = [
    "",
    README_BEGIN,
    README_END,
    `${README_END}${README_BEGIN}`,
    `${README_BEGIN}${README_BEGIN}${README_END}`,
    `${README_BEGIN}${README_END}${README_END}`,
  ];
  for (const text of wrong) assertThrows(() => replaceMarked(text, ""), Error, "each once");
});

Deno.test("README.md has a place for the tables", async () => {
  const text = await Deno.readTextFile(new URL("../../README.md", import.meta.url));
  replaceMarked(text, "");
});
