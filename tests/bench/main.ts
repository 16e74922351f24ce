/**
 * `deno task bench`: measures berth beside docker-registry with the same clients and the same bytes.
 *
 * @module
 */

import { findProgram, type RunningServer, withTempDir } from "../harness.ts";
import { createContent, publishContent } from "./content.ts";
import { BENCH_USAGE, type BenchOptions, BenchUsageError, parseBenchOptions } from "./options.ts";
import { formatJson, formatLegend, formatNumber, formatTable, type RowSamples } from "./print.ts";
import { benchRows, FULL_SCALE, QUICK_SCALE, type Row, type Workbench } from "./rows.ts";
import { runCommand } from "./run_command.ts";
import { type Contender, findContenders, REFERENCE_NAME } from "./servers.ts";

const EXIT_FAILED = 1;
const EXIT_MISUSED = 2;

type StartedServers = ReadonlyMap<string, RunningServer>;

/** Starts every server, runs a function with them and stops them, whatever happens. */
async function withServers<T>(
  contenders: readonly Contender[],
  directory: string,
  body: (servers: StartedServers) => Promise<T>,
): Promise<T> {
  const servers = new Map<string, RunningServer>();
  try {
    for (const [index, { name, start }] of contenders.entries()) {
      const root = `${directory}/${index}`;
      await Deno.mkdir(root);
      servers.set(name, await start(root));
    }
    return await body(servers);
  } finally {
    for (const server of servers.values()) await server.stop();
  }
}

/** Measures one row: in each round one server after the other, so that noise meets all of them. */
async function runRow(
  row: Row,
  bench: Workbench,
  servers: StartedServers,
  stop: AbortSignal,
): Promise<RowSamples> {
  const samples: Record<string, number[]> = {};
  for (let round = 0; round <= bench.scale.rounds; round++) {
    const measure = await row.measurement(bench);
    for (const [name, server] of servers) {
      stop.throwIfAborted();
      // What the last server left to be written must not be written at the cost of this one.
      await runCommand("sync", []);
      const sample = await measure(server);
      const label = round === 0 ? "warm-up" : `round ${round}`;
      console.error(`${row.name}, ${label}, ${name}: ${formatNumber(sample)} ${row.unit}`);
      if (round > 0) (samples[name] ??= []).push(sample);
    }
  }
  return { name: row.name, unit: row.unit, samples };
}

function chooseRows(options: BenchOptions, curl: string | null): readonly Row[] {
  const rows = benchRows(options.quick ? QUICK_SCALE : FULL_SCALE)
    .filter((row) => options.rows.test(row.name));
  const possible = rows.filter((row) => curl !== null || row.needsCurl !== true);
  for (const row of rows) {
    if (!possible.includes(row)) console.error(`Skipped "${row.name}": curl is not installed.`);
  }
  if (possible.length === 0) throw new BenchUsageError("No row is left to measure");
  return possible;
}

function chooseContenders(options: BenchOptions): readonly Contender[] {
  const found = findContenders(navigator.hardwareConcurrency);
  if (!found.some(({ name }) => name === REFERENCE_NAME)) {
    console.error("docker-registry is not installed, so there is nothing to compare berth with.");
  }
  const chosen = found.filter(({ name }) => options.servers.test(name));
  if (chosen.length === 0) throw new BenchUsageError("No server is left to measure");
  return chosen;
}

async function bench(options: BenchOptions, stop: AbortSignal): Promise<void> {
  const scale = options.quick ? QUICK_SCALE : FULL_SCALE;
  const [wrk, curl] = [findProgram("wrk"), findProgram("curl")];
  const rows = chooseRows(options, curl);
  const contenders = chooseContenders(options);
  const results = await withTempDir("bench", async (directory) => {
    const content = await createContent(directory, scale.smallBlobBytes, scale.largeBlobBytes);
    return await withServers(contenders, directory, async (servers) => {
      for (const server of servers.values()) await publishContent(content, server, curl);
      const finished: RowSamples[] = [];
      for (const row of rows) {
        finished.push(await runRow(row, { scale, content, wrk, curl }, servers, stop));
      }
      return finished;
    });
  });
  const report = {
    loadClient: wrk === null ? "fetch" : "wrk",
    processors: navigator.hardwareConcurrency,
    rounds: scale.rounds,
    quick: options.quick,
    rows: results,
  };
  console.log(`${formatTable(report)}\n\n${formatLegend(report)}\n\n${formatJson(report)}`);
}

/** Runs the command line and returns the exit code: 0 done, 1 failed, 2 misused. */
async function main(args: readonly string[]): Promise<number> {
  // An interrupt ends the run between two measurements, so that servers and data do not stay behind.
  const interrupt = new AbortController();
  Deno.addSignalListener("SIGINT", () => interrupt.abort(new Error("Interrupted")));
  try {
    const options = parseBenchOptions(args);
    if (options.help) console.log(BENCH_USAGE);
    else await bench(options, interrupt.signal);
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return error instanceof BenchUsageError ? EXIT_MISUSED : EXIT_FAILED;
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args));
