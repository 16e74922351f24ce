/**
 * The table for people and the line for programs.
 *
 * @module
 */

import { summarize } from "./measure.ts";
import { REFERENCE_NAME } from "./servers.ts";

/** All samples of one row, by the name of the server. */
export interface RowSamples {
  readonly name: string;
  readonly unit: string;
  readonly samples: Readonly<Record<string, readonly number[]>>;
}

/** What one run found. */
export interface Report {
  /** The load client, `wrk` or `fetch`. */
  readonly loadClient: string;
  readonly processors: number;
  readonly rounds: number;
  readonly quick: boolean;
  readonly rows: readonly RowSamples[];
}

/** Groups the digits of large numbers, and keeps one decimal of small ones. */
export function formatNumber(value: number): string {
  const digits = value < 100 ? 1 : 0;
  return value.toLocaleString("en-US", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

/**
 * How much faster the median of one server is than that of docker-registry; `null` without samples of either, and
 * for docker-registry itself.
 */
export function ratioToReference(row: RowSamples, name: string): number | null {
  const own = row.samples[name];
  const reference = row.samples[REFERENCE_NAME];
  if (name === REFERENCE_NAME || own === undefined || reference === undefined) return null;
  return summarize(own).median / summarize(reference).median;
}

function cells(row: RowSamples, names: readonly string[]): string[] {
  const figures = names.flatMap((name) => {
    const samples = row.samples[name];
    if (samples === undefined) return ["-", "", ""];
    const { median, min, max } = summarize(samples);
    const ratio = ratioToReference(row, name);
    return [
      formatNumber(median),
      `${formatNumber(min)}-${formatNumber(max)}`,
      ratio === null ? "" : `${ratio.toFixed(2)}x`,
    ];
  });
  return [row.name, row.unit, ...figures];
}

function serverNames(report: Report): string[] {
  return [...new Set(report.rows.flatMap((row) => Object.keys(row.samples)))];
}

/** The table: for each server the median, the smallest and largest sample, and the ratio to docker-registry. */
export function formatTable(report: Report): string {
  const names = serverNames(report);
  const head = ["", "", ...names.flatMap((name) => [name, "min-max", "ratio"])];
  const lines = [head, ...report.rows.map((row) => cells(row, names))];
  const used = head.map((_, column) => lines.slice(1).some((line) => line[column] !== ""));
  const widths = head.map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0))
  );
  return lines
    .map((line) =>
      line
        .map((cell, column) =>
          column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)
        )
        .filter((_, column) => used[column])
        .join("  ")
        .trimEnd()
    )
    .join("\n");
}

/** What a reader has to know to judge the table. */
export function formatLegend(report: Report): string {
  return [
    `Median of ${report.rounds} rounds after one that does not count; the ratio is that of medians to ${REFERENCE_NAME}.`,
    "In each round the servers are measured in turn, each after `sync`, while the others run idle. Servers and clients",
    `share ${report.processors} processors. Small requests come from ${report.loadClient} and are always for the same manifest or blob, so that`,
    "every server reads from memory. Large blobs are moved by one curl, pushed with POST, PATCH and PUT as content that",
    "the server has never seen; chunked means without a length, as Docker pushes.",
    "Durability: berth answers 201 after fsync of the file and of the directories that name it. docker-registry 2.8.2",
    "calls fsync on every file it writes (seen with strace) but never on a directory, so that the rename which made a",
    "blob visible may be lost in a power cut.",
    ...report.quick ? ["This was a quick run: its figures only show that everything works."] : [],
  ].join("\n");
}

/** One line of JSON with every sample, its summary and its ratio. */
export function formatJson(report: Report): string {
  const rows = report.rows.map((row) => ({
    name: row.name,
    unit: row.unit,
    servers: Object.entries(row.samples).map(([name, samples]) => ({
      name,
      ...summarize(samples),
      ratio: ratioToReference(row, name),
      samples,
    })),
  }));
  return JSON.stringify({ ...report, rows });
}
