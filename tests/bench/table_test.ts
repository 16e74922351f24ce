import { assertEquals } from "@std/assert";
import { formatMarkdown, formatTable, type Table } from "./table.ts";

const TABLE: Table = {
  title: "Speeds",
  head: ["path", "unused", "MiB/s"],
  rows: [["pull", "", "1,000"], ["a push", "", "9"]],
  textColumns: 1,
};

Deno.test("formatTable() aligns text left and numbers right, and leaves out a column without entries", () => {
  assertEquals(formatTable(TABLE).split("\n"), [
    "Speeds",
    "",
    "path    MiB/s",
    "pull    1,000",
    "a push      9",
  ]);
});

Deno.test("formatMarkdown() writes the same columns below the title", () => {
  assertEquals(formatMarkdown(TABLE).split("\n"), [
    "**Speeds**",
    "",
    "| path   | MiB/s |",
    "| ------ | ----- |",
    "| pull   | 1,000 |",
    "| a push | 9     |",
  ]);
});
