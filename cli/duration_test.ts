import { assertEquals } from "@std/assert";
import { parseDuration } from "./duration.ts";

Deno.test("parseDuration() reads units, several too, and seconds where there is none", () => {
  const cases: readonly [string, number | null][] = [
    ["0", 0],
    ["0s", 0],
    ["10", 10_000],
    ["250ms", 250],
    ["500us", 0.5],
    ["90s", 90_000],
    ["15m", 900_000],
    ["1h", 3_600_000],
    ["1h30m", 5_400_000],
    ["1m30.5s", 90_500],
    ["30d", 2_592_000_000],
    ["1.5h", 5_400_000],
    ["", null],
    ["s", null],
    ["-1s", null],
    ["1 s", null],
    ["1w", null],
    ["1h30", null],
    [".5s", null],
    ["1e3", null],
  ];
  for (const [text, durationMs] of cases) assertEquals(parseDuration(text), durationMs, text);
});
