import { assertEquals } from "@std/assert";
import { apacheTime, isoTime } from "./log_time.ts";

const NOON_MS = Date.UTC(2026, 0, 2, 12, 0, 0, 0);

Deno.test("isoTime() is what a date writes, in whatever order times come", () => {
  for (const offset of [0, 1, 99, 999, 1_000, 60_007, 1, -1, -1_000, 86_400_000]) {
    assertEquals(isoTime(NOON_MS + offset), new Date(NOON_MS + offset).toISOString());
  }
});

Deno.test("apacheTime() is the form of Apache's logs, to the second", () => {
  assertEquals(apacheTime(NOON_MS + 999), "02/Jan/2026:12:00:00 +0000");
  assertEquals(apacheTime(NOON_MS + 1_000), "02/Jan/2026:12:00:01 +0000");
  assertEquals(apacheTime(Date.UTC(2026, 11, 31, 23, 59, 59)), "31/Dec/2026:23:59:59 +0000");
  assertEquals(apacheTime(NOON_MS), "02/Jan/2026:12:00:00 +0000");
});
