import { assertEquals } from "@std/assert";
import { digestBytes } from "../../storage/digest.ts";
import { blobData } from "../../storage/layout.ts";
import type { Problem } from "./problem.ts";
import { ProblemLog } from "./problem_log.ts";

const PATH = blobData(digestBytes(new Uint8Array(), "sha256"));
const ORPHAN: Problem = { kind: "orphan-blob", path: PATH, detail: "3 bytes", repair: null };

Deno.test("ProblemLog prints path, kind and remedy", () => {
  const log = new ProblemLog();
  assertEquals([...log.lines()], []);
  log.add(ORPHAN);
  assertEquals([...log.lines()], [
    "",
    "1 problem:",
    `  orphan-blob  ${PATH}`,
    "      3 bytes; berth gc removes it once it is old enough",
  ]);
});

Deno.test("ProblemLog counts what it does not print, and tells of each at once", () => {
  let told = 0;
  const log = new ProblemLog(() => told++);
  for (let count = 0; count < 1_005; count++) log.add(ORPHAN);
  assertEquals([log.count, told, log.repairable.length], [1_005, 1_005, 0]);
  assertEquals([...log.lines()].at(-1), "  orphan-blob  and 5 more; --format json prints all");
});
