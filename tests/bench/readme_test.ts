import { assertEquals, assertThrows } from "@std/assert";
import { SOAK } from "./main.ts";
import { markersOf, replaceMarked } from "./readme.ts";
import { SECTIONS } from "./sections.ts";

const { begin: BEGIN, end: END } = markersOf("gc");

Deno.test("replaceMarked() replaces what is between the markers of a section, and only that", () => {
  const other = markersOf("digest");
  const around = `${other.begin}\n\nof others\n\n${other.end}\n`;
  const text = `# A\n\n${BEGIN}\n\nold\n\n${END}\n\n${around}`;
  const expected = `# A\n\n${BEGIN}\n\nnew\n\n${END}\n\n${around}`;
  assertEquals(replaceMarked(text, "gc", "new\n"), expected);
  assertEquals(replaceMarked(expected, "gc", "new"), expected);
});

Deno.test("replaceMarked() throws unless each marker is there once, in their order", () => {
  const wrong = [
    "",
    BEGIN,
    END,
    `${END}${BEGIN}`,
    `${BEGIN}${BEGIN}${END}`,
    `${BEGIN}${END}${END}`,
  ];
  for (const text of wrong) assertThrows(() => replaceMarked(text, "gc", ""), Error, "each once");
});

Deno.test("README.md has a place for every section", async () => {
  const text = await Deno.readTextFile(new URL("../../README.md", import.meta.url));
  for (const { name } of [...SECTIONS, SOAK]) replaceMarked(text, name, "");
});
