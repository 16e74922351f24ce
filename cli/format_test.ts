import { assertEquals } from "@std/assert";
import {
  cutMiddle,
  formatBytes,
  formatCount,
  formatDuration,
  formatTable,
  formatTime,
  printable,
} from "./format.ts";

Deno.test("formatBytes() writes bytes as they are and larger units with one decimal", () => {
  assertEquals([0, 1023, 1024, 1536].map(formatBytes), ["0 B", "1023 B", "1.0 KiB", "1.5 KiB"]);
  assertEquals(formatBytes(1.2 * 1024 ** 3), "1.2 GiB");
  assertEquals(formatBytes(1024 ** 6), "1024.0 PiB");
});

Deno.test("formatBytes() takes the next unit for what would be rounded up to it", () => {
  assertEquals(formatBytes(1024 ** 2 - 1), "1.0 MiB");
});

Deno.test("formatDuration() writes the largest whole unit", () => {
  const durations = [0, 999, 1_000, 59_999, 60_000, 3_600_000, 3 * 86_400_000 + 5];
  assertEquals(durations.map(formatDuration), ["0s", "0s", "1s", "59s", "1m", "1h", "3d"]);
});

Deno.test("formatTime() writes whole seconds in UTC, and a dash for no time", () => {
  assertEquals(formatTime(Date.UTC(2026, 0, 2, 3, 4, 5, 678)), "2026-01-02T03:04:05Z");
  assertEquals(formatTime(null), "-");
});

Deno.test("formatCount() takes the singular for one", () => {
  assertEquals(formatCount(1, "repository", "repositories"), "1 repository");
  assertEquals(formatCount(1204, "blob"), "1,204 blobs");
});

Deno.test("cutMiddle() keeps both ends", () => {
  assertEquals(cutMiddle("abcdefgh", 8), "abcdefgh");
  assertEquals(cutMiddle("abcdefgh", 5), "ab…gh");
  assertEquals(cutMiddle("abcdefgh", 4), "ab…h");
  assertEquals(cutMiddle("abcdefgh", 1), "…");
  assertEquals(cutMiddle("abcdefgh", 0), "");
});

Deno.test("printable() shows control characters as escapes", () => {
  assertEquals(printable("a\u001b[2Jb\n"), "a\\u001b[2Jb\\u000a");
});

const COLUMNS = [{ title: "NAME", canCut: true }, { title: "SIZE", align: "right" }] as const;

Deno.test("formatTable() aligns columns and gives a pipe everything", () => {
  assertEquals(formatTable(COLUMNS, [["library/alpine", "3"], ["b", "12"]], null), [
    "NAME            SIZE",
    "library/alpine     3",
    "b                 12",
  ]);
});

Deno.test("formatTable() cuts the name where the terminal is narrow", () => {
  const lines = formatTable(COLUMNS, [["a/very/long/repository/name", "3"]], 20);
  assertEquals(lines, ["NAME            SIZE", "a/very/…y/name     3"]);
});

Deno.test("formatTable() leaves columns out where cutting does not suffice, the last first", () => {
  const columns = [
    { title: "NAME", canCut: true },
    { title: "CREATED", canDrop: true },
    { title: "UNIQUE", canDrop: true },
    { title: "SIZE" },
  ];
  const rows = [["a/very/long/name", "today", "1 B", "2 B"]];
  assertEquals(formatTable(columns, rows, 23), [
    "NAME      CREATED  SIZE",
    "a/ve…ame  today    2 B",
  ]);
  assertEquals(formatTable(columns, rows, 14), ["NAME      SIZE", "a/ve…ame  2 B"]);
  assertEquals(formatTable(columns, rows, 5), ["NAME      SIZE", "a/ve…ame  2 B"]);
});
