/**
 * Prints which events wait for which listeners.
 *
 * @module
 */

import { formatBytes, formatTable, formatTime, printable } from "../format.ts";
import type { ListenerRow } from "./event_survey.ts";
import { formatAge } from "./overview.ts";

/** The lines for a terminal of so many columns, or `null` for a pipe. */
export function eventLines(
  rows: readonly ListenerRow[],
  width: number | null,
  nowMs: number,
): readonly string[] {
  if (rows.length === 0) return ["no listener has ever been told of events in this store"];
  return formatTable(
    [
      { title: "LISTENER", canCut: true },
      { title: "NEXT", align: "right" },
      { title: "PUSHES", align: "right" },
      { title: "MOUNTS", align: "right" },
      { title: "DELETES", align: "right" },
      { title: "SIZE", align: "right" },
      { title: "OLDEST", align: "right" },
      { title: "FAILURES", align: "right" },
      { title: "LAST FAILURE", canCut: true },
    ],
    rows.map((row) => cellsOf(row, nowMs)),
    width,
  );
}

function cellsOf(row: ListenerRow, nowMs: number): readonly string[] {
  return [
    printable(row.name),
    String(row.next),
    String(row.pending.push),
    String(row.pending.mount),
    String(row.pending.delete),
    formatBytes(row.bytes),
    formatAge(row.oldestMs, nowMs),
    String(row.failures),
    printable(row.failure ?? "-"),
  ];
}

/** The JSON objects. */
export function* eventObjects(
  rows: readonly ListenerRow[],
): Generator<Readonly<Record<string, unknown>>> {
  for (const { oldestMs, ...row } of rows) {
    yield { type: "listener", ...row, oldest: oldestMs === null ? null : formatTime(oldestMs) };
  }
}
