/**
 * How sizes, durations and tables are written.
 *
 * @module
 */

import { TABLE_CUT_COLUMNS_MIN } from "../storage/limits.ts";

const SIZE_UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;
const SIZE_STEP = 1024;

/** Writes a number of bytes with one decimal: `17 B`, `1.2 GiB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // What would be rounded up to 1024.0 of one unit is 1.0 of the next.
  while (Math.round(value * 10) / 10 >= SIZE_STEP && unit < SIZE_UNITS.length - 1) {
    value /= SIZE_STEP;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${SIZE_UNITS[unit]}`;
}

const DURATION_UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
] as const;

/** Writes a duration in its largest whole unit, rounded down: `3d`, `5h`, `12m`, `40s`; `0s` below a second. */
export function formatDuration(durationMs: number): string {
  for (const [letter, unitMs] of DURATION_UNITS) {
    if (durationMs >= unitMs) return `${Math.floor(durationMs / unitMs)}${letter}`;
  }
  return "0s";
}

/** Writes a time as RFC 3339 in UTC with whole seconds; `-` for `null`. */
export function formatTime(timeMs: number | null): string {
  return timeMs === null ? "-" : `${new Date(timeMs).toISOString().slice(0, 19)}Z`;
}

/** Writes a count with its noun: `1 blob`, `1,204 blobs`. The plural takes an `s` unless it is given. */
export function formatCount(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en-US")} ${count === 1 ? one : many}`;
}

const ELLIPSIS = "…";

/** Cuts a text in its middle, so that it takes at most `width` columns. */
export function cutMiddle(text: string, width: number): string {
  const characters = [...text];
  if (characters.length <= width) return text;
  if (width <= 1) return ELLIPSIS.slice(0, Math.max(0, width));
  const tail = Math.floor((width - 1) / 2);
  const head = width - 1 - tail;
  return `${characters.slice(0, head).join("")}${ELLIPSIS}${
    characters.slice(characters.length - tail).join("")
  }`;
}

/** Control characters would let a name that somebody pushed move the cursor of the terminal. */
// deno-lint-ignore no-control-regex
const CONTROL_REGEXP = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;

/** A text that is safe to print on one line: each control character is shown as its escape. */
export function printable(text: string): string {
  return text.replace(
    CONTROL_REGEXP,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** A column of a table. */
export interface TableColumn {
  readonly title: string;
  /** Numbers stand right. */
  readonly align?: "left" | "right";
  /** Whether this is the column that is cut where the table is wider than the terminal. */
  readonly canCut?: boolean;
  /** Whether this is left out where cutting does not suffice; the last such column goes first. */
  readonly canDrop?: boolean;
}

const TABLE_GAP = "  ";

/**
 * Lays out a table with a line of titles. Where it is wider than `width` the columns that can be cut are cut in the
 * middle, and those that can be left out are left out; `null` for a pipe, which gets everything.
 */
export function formatTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  width: number | null,
): readonly string[] {
  const cells = [columns.map(({ title }) => title), ...rows.map((row) => row.map(printable))];
  const dropped = width === null ? -1 : columnToDrop(columns, cells, width);
  if (dropped >= 0) {
    return formatTable(
      columns.toSpliced(dropped, 1),
      rows.map((row) => row.toSpliced(dropped, 1)),
      width,
    );
  }
  const widths = columnWidths(columns, cells, width);
  const last = columns.length - 1;
  return cells.map((row) =>
    columns.map(({ align }, index) => {
      const cell = cutMiddle(row[index] ?? "", widths[index] ?? 0);
      const space = " ".repeat(Math.max(0, (widths[index] ?? 0) - [...cell].length));
      if (align === "right") return `${space}${cell}`;
      return index === last ? cell : `${cell}${space}`;
    }).join(TABLE_GAP).trimEnd()
  );
}

/** The next column to leave out; -1 where the table fits, or there is none. */
function columnToDrop(
  columns: readonly TableColumn[],
  cells: readonly (readonly string[])[],
  width: number,
): number {
  const total = columnWidths(columns, cells, width)
    .reduce((sum, each) => sum + each, TABLE_GAP.length * (columns.length - 1));
  return total <= width ? -1 : columns.findLastIndex(({ canDrop }) => canDrop === true);
}

function columnWidths(
  columns: readonly TableColumn[],
  cells: readonly (readonly string[])[],
  width: number | null,
): readonly number[] {
  const widths = columns.map((_, index) =>
    cells.reduce((most, row) => Math.max(most, [...row[index] ?? ""].length), 0)
  );
  if (width === null) return widths;
  const total = widths.reduce((sum, each) => sum + each, TABLE_GAP.length * (columns.length - 1));
  let excess = total - width;
  for (const [index, { canCut }] of columns.entries()) {
    if (excess <= 0) break;
    if (canCut !== true) continue;
    const given = widths[index] ?? 0;
    const kept = Math.max(Math.min(TABLE_CUT_COLUMNS_MIN, given), given - excess);
    widths[index] = kept;
    excess -= given - kept;
  }
  return widths;
}
