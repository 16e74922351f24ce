/**
 * `deno task bench`: measures berth beside other programs, on this machine, with the same clients and the same bytes.
 *
 * @module
 */

import { formatMissed } from "./figure.ts";
import { describeMachine, formatMachine } from "./machine.ts";
import { type BenchOptions, benchUsage, BenchUsageError, parseBenchOptions } from "./options.ts";
import { writeReadme } from "./readme.ts";
import { type Section, sectionJson, type SectionReport } from "./section.ts";
import { SECTIONS } from "./sections.ts";
import { runSoakSection } from "./soak.ts";
import { formatMarkdown, formatTable } from "./table.ts";

const EXIT_FAILED = 1;
const EXIT_MISUSED = 2;

/** What is said of a run that measures next to nothing. */
const QUICK_NOTE = "This was a quick run: its figures only show that everything works.";

/** The section that runs in place of the others when it is asked for. */
export const SOAK: Section = {
  name: "soak",
  summary: "memory under a steady load",
  run: runSoakSection,
};

/** Runs sections, prints what each found when it has found it, and returns whether nothing failed. */
async function bench(options: BenchOptions, stop: AbortSignal): Promise<boolean> {
  const machine = await describeMachine();
  const sections = chooseSections(options);
  const reports = new Map<string, SectionReport>();
  for (const section of sections) {
    const report = await runSection(section, options, stop);
    reports.set(section.name, report);
    console.log(formatReport(report, formatTable));
    const lines = [formatMissed(report.figures), ...report.failures].filter((line) => line !== "");
    if (lines.length > 0) console.log(`${lines.join("\n")}\n`);
    if (options.writeReadme && report.failures.length === 0) {
      const text = `${formatReport(report, formatMarkdown)}\n${formatMachine(machine)}`;
      await writeReadme(section.name, text);
    }
  }
  console.log([formatMachine(machine), ...options.quick ? [QUICK_NOTE] : []].join("\n"));
  const isComplete = [...reports.values()].every(({ failures }) => failures.length === 0);
  const found = [...reports].map(([name, report]) => [name, sectionJson(report)]);
  const { quick } = options;
  console.log(JSON.stringify({ machine, quick, ...Object.fromEntries(found) }));
  return isComplete;
}

/** Runs a section. One that fails is told of, and the others go on. */
async function runSection(
  { name, run }: Section,
  options: BenchOptions,
  stop: AbortSignal,
): Promise<SectionReport> {
  try {
    return await run(options, stop);
  } catch (error) {
    if (stop.aborted || error instanceof BenchUsageError) throw error;
    const failure = `Failed: ${name}: ${error instanceof Error ? error.message : String(error)}`;
    return { tables: [], figures: [], notes: [], failures: [failure], data: {} };
  }
}

function formatReport(
  { tables, notes }: SectionReport,
  format: (table: SectionReport["tables"][number]) => string,
): string {
  return `${[...tables.map(format), ...notes].join("\n\n")}\n`;
}

function chooseSections({ only, soakMinutes }: BenchOptions): readonly Section[] {
  if (soakMinutes !== null) return [SOAK];
  const chosen = SECTIONS.filter(({ name }) => only === null || name === only);
  if (chosen.length > 0) return chosen;
  const names = SECTIONS.map(({ name }) => name).join(", ");
  throw new BenchUsageError(`There is no section "${only}"; there are ${names}`);
}

/** Runs the command line and returns the exit code: 0 done, 1 failed, 2 misused. */
async function main(args: readonly string[]): Promise<number> {
  // An interrupt ends the run between two measurements, so that servers and data do not stay behind.
  const interrupt = new AbortController();
  Deno.addSignalListener("SIGINT", () => interrupt.abort(new Error("Interrupted")));
  try {
    const options = parseBenchOptions(args);
    if (!options.help) return await bench(options, interrupt.signal) ? 0 : EXIT_FAILED;
    console.log(benchUsage(SECTIONS));
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return error instanceof BenchUsageError ? EXIT_MISUSED : EXIT_FAILED;
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args));
