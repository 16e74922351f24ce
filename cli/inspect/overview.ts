/**
 * Prints what there is of a whole store.
 *
 * @module
 */

import { formatBytes, formatCount, formatDuration, formatTable, formatTime } from "../format.ts";
import type { RepositoryRow, Survey, Totals } from "./survey.ts";

/** The lines of an overview, for a terminal of so many columns, or `null` for a pipe. */
export function overviewLines(
  root: string,
  { totals, repositories }: Survey,
  width: number | null,
  nowMs: number,
): readonly string[] {
  const table = formatTable(
    [
      { title: "REPOSITORY", canCut: true },
      { title: "NEWEST PUSH", align: "right", canDrop: true },
      { title: "TAGS", align: "right" },
      { title: "SIZE", align: "right" },
      { title: "UNIQUE", align: "right" },
    ],
    repositories.map((row) => repositoryCells(row, nowMs)),
    width,
  );
  return [...totalsLines(root, totals), ...(repositories.length === 0 ? [] : ["", ...table])];
}

function repositoryCells(row: RepositoryRow, nowMs: number): readonly string[] {
  return [
    row.name,
    formatAge(row.newestMs, nowMs),
    String(row.tags),
    formatBytes(row.bytes),
    formatBytes(row.uniqueBytes),
  ];
}

/** How long ago a time is: `3d ago`; `-` for no time. */
export function formatAge(timeMs: number | null, nowMs: number): string {
  return timeMs === null ? "-" : `${formatDuration(Math.max(0, nowMs - timeMs))} ago`;
}

function totalsLines(root: string, totals: Totals): readonly string[] {
  const counts = [
    formatCount(totals.repositories, "repository", "repositories"),
    formatCount(totals.tags, "tag"),
    formatCount(totals.manifests, "manifest"),
    formatCount(totals.blobs, "blob"),
  ];
  const { bytes, sharedBytes, uniqueBytes, orphanBytes } = totals;
  return [
    `${root}: ${counts.join(", ")}`,
    `${formatBytes(bytes)} in all: ${formatBytes(sharedBytes)} shared by several repositories, ` +
    `${formatBytes(uniqueBytes)} in one only, ${formatBytes(orphanBytes)} in none`,
    totals.collectableBytes === null
      ? "berth gc cannot read all of it"
      : `berth gc would free ${formatBytes(totals.collectableBytes)} now`,
  ];
}

/** The JSON objects of an overview. */
export function* overviewObjects(
  root: string,
  { totals, repositories }: Survey,
): Generator<Readonly<Record<string, unknown>>> {
  yield { type: "totals", root, ...totals };
  for (const { newestMs, ...row } of repositories) {
    yield {
      type: "repository",
      ...row,
      newestPush: newestMs === null ? null : formatTime(newestMs),
    };
  }
}
