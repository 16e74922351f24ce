/**
 * The section of the server: berth beside docker-registry, with the same clients and the same bytes.
 *
 * @module
 */

import { BERTH_BINARY, findProgram, withTempDir } from "../harness.ts";
import { createContent } from "./content.ts";
import {
  contendersOf,
  figureTable,
  formatNumber,
  formatSamples,
  formatVerdicts,
  type MeasuredFigure,
  ratioOf,
} from "./figure.ts";
import { median } from "./measure.ts";
import { type BenchOptions, BenchUsageError } from "./options.ts";
import type { Row, Scale } from "./row.ts";
import { benchRows, FULL_SCALE, QUICK_SCALE } from "./rows.ts";
import { type RowResult, runRows } from "./run_rows.ts";
import type { SectionReport } from "./section.ts";
import {
  BARE_NAMES,
  bareName,
  berthName,
  type Contender,
  findContenders,
  NGINX_NAME,
  TOOLS_NAME,
  workerCounts,
} from "./servers.ts";
import type { Table } from "./table.ts";

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;

/** Programs that are not needed, and what is lost without them. */
const PROGRAMS: Readonly<Record<string, string>> = {
  "docker-registry": "there is nothing to compare berth with",
  nginx: "reads have no ceiling",
  openssl: "pushes have no ceiling",
  wrk: "loads come from a client of our own",
  curl: "large blobs are left out",
};

/** Measures the rows that are asked for on the servers that are. */
export async function runRegistrySection(
  options: BenchOptions,
  stop: AbortSignal,
): Promise<SectionReport> {
  const scale = options.quick ? QUICK_SCALE : FULL_SCALE;
  for (const [program, loss] of Object.entries(PROGRAMS)) {
    if (findProgram(program) === null) console.error(`${program} is not installed: ${loss}.`);
  }
  const rows = chooseRows(options, scale);
  const contenders = chooseContenders(options);
  const [wrk, curl] = [findProgram("wrk"), findProgram("curl")];
  const { results, failures } = await withTempDir("bench", async (directory) => {
    const content = await createContent(directory, scale);
    return await runRows(rows, { scale, content, directory, wrk, curl }, contenders, stop);
  });
  const figures = results.flatMap((result) => result.figures);
  const loadClient = wrk === null ? "own" : "wrk";
  return {
    figures,
    failures,
    tables: [
      figureTable("The server", figures.map(withoutBare), [NGINX_NAME, TOOLS_NAME]),
      ...bareTables(figures),
      ...usageTables(results),
    ],
    notes: notesOf(scale, loadClient),
    data: {
      loadClient,
      rounds: scale.rounds,
      usage: results.map(({ row, usage }) => ({ name: row.figures[0]?.name, usage })),
    },
  };
}

function chooseRows(options: BenchOptions, scale: Scale): readonly Row[] {
  const rows = benchRows(scale)
    .filter((row) => row.figures.some(({ name }) => options.rows.test(name)));
  const hasTools = findProgram("openssl") !== null && options.servers.test(TOOLS_NAME);
  const possible = rows.filter((row) => {
    const missing = row.needs.filter((program) => findProgram(program) === null);
    if (missing.length === 0) return true;
    console.error(`Skipped "${row.figures[0]?.name}": not installed: ${missing.join(", ")}.`);
    return false;
  });
  if (possible.length === 0) throw new BenchUsageError("No row is left to measure");
  return hasTools ? possible : possible.map(({ ceiling: _, ...row }) => row);
}

function chooseContenders(options: BenchOptions): readonly Contender[] {
  const chosen = findContenders(navigator.hardwareConcurrency)
    .filter(({ name }) => options.servers.test(name));
  if (chosen.length === 0) throw new BenchUsageError("No server is left to measure");
  return chosen;
}

/** Deno alone has a table of its own. */
function withoutBare({ samples, ...figure }: MeasuredFigure): MeasuredFigure {
  const kept = Object.entries(samples).filter(([name]) => !BARE_NAMES.includes(name));
  return { ...figure, samples: Object.fromEntries(kept) };
}

const WORKERS = workerCounts(navigator.hardwareConcurrency);

/** What Deno could reach of what is expected, and how near berth is to it; no table where that was not measured. */
function bareTables(figures: readonly MeasuredFigure[]): readonly Table[] {
  const measured = figures.filter(({ samples }) => BARE_NAMES.some((name) => name in samples));
  if (measured.length === 0) return [];
  const columns = WORKERS.map((workers) => bareColumns(bareName(workers), berthName(workers)));
  return [{
    title: "How near it is to `Deno.serve` alone",
    textColumns: 2,
    head: ["", "", ...columns.flat().map(({ head }) => head)],
    rows: measured.map((figure) => [
      figure.name,
      figure.unit,
      ...columns.flat().map(({ cell }) => cell(figure)),
    ]),
  }];
}

interface Column {
  readonly head: string;
  readonly cell: (figure: MeasuredFigure) => string;
}

function bareColumns(bare: string, berth: string): readonly Column[] {
  return [
    { head: bare, cell: (figure) => formatSamples(figure, bare) },
    { head: `${bare}: is`, cell: (figure) => formatVerdicts(figure, bare) },
    {
      head: `${berth}: is`,
      cell: (figure) => {
        const share = ratioOf(figure, berth, bare);
        return share === null ? "-" : `${share.toFixed(2)}x Deno`;
      },
    },
  ];
}

/** What each measurement cost the servers; no table where the system does not say. */
function usageTables(results: readonly RowResult[]): readonly Table[] {
  const told = results.filter(({ usage }) => Object.keys(usage).length > 0);
  if (told.length === 0) return [];
  const names = contendersOf(told.flatMap(({ figures }) => figures))
    .filter((name) => name !== TOOLS_NAME && !BARE_NAMES.includes(name));
  return [{
    title: "What it cost the server: peak of resident memory, CPU time",
    textColumns: 1,
    head: ["", ...names],
    rows: told.map((result) => [
      result.row.figures[0]?.name ?? "",
      ...names.map((name) => usageCell(result, name)),
    ]),
  }];
}

function usageCell({ row, usage }: RowResult, name: string): string {
  const own = usage[name];
  if (own === undefined) return "-";
  const peakMib = median(own.map(({ peakBytes }) => peakBytes)) / MIB;
  const cpuSeconds = median(own.map((one) => one.cpuSeconds));
  const cpu = row.bytes === undefined
    ? `${cpuSeconds.toFixed(2)} s`
    : `${(cpuSeconds / row.bytes * GIB).toFixed(2)} s/GiB`;
  return `${formatNumber(peakMib)} MiB, ${cpu}`;
}

function notesOf(scale: Scale, loadClient: string): readonly string[] {
  const source = BERTH_BINARY === null
    ? "berth runs from its sources"
    : "berth is the compiled binary";
  return [
    `Medians of ${scale.rounds} rounds after one that does not count, with the smallest and the largest sample. In each ` +
    "round the servers are measured in turn, each after `sync`, while the others run idle. Servers and clients share " +
    `${navigator.hardwareConcurrency} processors. Ratios are those of medians, turned around where less is better; "(missed)" marks what is ` +
    `below what is expected. ${source}; access logs are off, and docker-registry keeps descriptors in memory.`,
    `Loads of GET come from ${
      loadClient === "own" ? "a client of our own" : loadClient
    }, for ${scale.loadSeconds} s each; of HEAD, for which wrk does not work, and of ` +
    "whole clients from a client of our own. Requests of many connections are always for the same manifest or blob, so " +
    "that every server reads from memory. Large blobs are moved by curl, pushed with POST, PATCH and PUT as content that the server has never " +
    "seen; chunked means without a length, as Docker pushes. Before each such push, and each copy of dd, a file of its size " +
    "is written and removed: on a virtual machine that hands free memory back to its host, whoever is next to write there " +
    "waits for it. The image is pushed over five connections with HEAD, POST, " +
    "PATCH and PUT for each blob. Of five operations of mixed traffic four pull a manifest and a blob of 4 KiB, and one " +
    "pushes such a blob and a manifest.",
    "nginx serves the same bytes as static files at the same paths, with a process for each processor whatever the workers " +
    "of berth, and is the ceiling of reads. Deno alone is `Deno.serve` with the same bytes, as many headers and no registry, " +
    "which no program on it can beat but by chance: what it misses of what is expected of berth is out of reach there. " +
    "It sends all but 1 GiB from memory, and but for `/v2/` after one look at a file, without which a program cannot know that what it has in memory is still there. What is pushed it hashes and " +
    "writes as berth does, and waits for no disk. The ceiling of pushes is the slower " +
    "of `dd conv=fsync` and `openssl dgst -sha256`, each for files of the same size: each has all processors for itself, " +
    "which a push shares with its client. All lists are read from one store; docker-registry 2.8 answers with all tags whatever `n` " +
    "is. A page is asked for twenty times in a row, and berth keeps one of the catalog for a second; the first time it " +
    "takes a millisecond more.",
    "Durability: berth answers 201 after fsync of the file and of the directories that name it. docker-registry 2.8.2 calls " +
    "fsync on every file it writes (seen with strace) but never on a directory, so that the rename which made a blob " +
    "visible may be lost in a power cut. Both hash what they are given, and refuse what is not what its digest says.",
  ];
}
