import { assert, assertEquals, assertMatch } from "@std/assert";
import { findProgram } from "../harness.ts";
import { runGcSection } from "./gc.ts";
import { FLOOR_NAME } from "./gc_floor.ts";
import { runGrowthSection } from "./gc_growth.ts";
import { parseBenchOptions } from "./options.ts";
import { REFERENCE_NAME } from "./servers.ts";

Deno.test("the benchmark of collection measures all that it can", async () => {
  const options = parseBenchOptions(["--quick"]);
  const { figures, tables } = await runGcSection(options, new AbortController().signal);
  const names = Object.keys(figures[0]?.samples ?? {});
  const rivals = findProgram(REFERENCE_NAME) === null ? [] : [REFERENCE_NAME];
  assertEquals(names, ["berth gc", ...rivals, FLOOR_NAME]);
  assert(Object.values(figures[0]?.samples ?? {}).flat().every((seconds) => seconds > 0));
  assertEquals(tables.length, 2);
  for (const row of tables[1]?.rows ?? []) {
    assertMatch(row.join(" "), / [1-9][\d,]* [\d.]+ [\d.]+ [\d.]+$/);
  }
});

Deno.test("the benchmark of growth measures stores one after the other", async () => {
  const options = parseBenchOptions(["--quick"]);
  const { tables } = await runGrowthSection(options, new AbortController().signal);
  assertEquals(tables.length, 1);
  assertEquals(tables[0]?.rows.length, 2);
  for (const row of tables[0]?.rows ?? []) {
    assertMatch(row.join(" "), /^\d+ \d+ \d+ [\d.]+ [\d.]+ /);
  }
});
