/**
 * A table, for the terminal and for the README.
 *
 * @module
 */

import { markdownTable } from "../../registry/markdown.ts";

/** Rows under a head, all of the same number of cells. */
export interface Table {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Columns of text, which come first; the others are aligned to the right on the terminal. */
  readonly textColumns: number;
}

/** The table for a terminal, without the columns in which nothing stands. */
export function formatTable(table: Table): string {
  const used = usedColumns(table);
  const lines = [table.head, ...table.rows];
  const widths = table.head.map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0))
  );
  const body = lines.map((line) =>
    used.map((column) => {
      const [cell, width] = [line[column] ?? "", widths[column] ?? 0];
      return column < table.textColumns ? cell.padEnd(width) : cell.padStart(width);
    }).join("  ").trimEnd()
  );
  return [table.title, "", ...body].join("\n");
}

/** The table in Markdown, below its title in bold. */
export function formatMarkdown(table: Table): string {
  const used = usedColumns(table);
  const pick = (cells: readonly string[]): string[] => used.map((column) => cells[column] ?? "");
  return `**${table.title}**\n\n${markdownTable(pick(table.head), table.rows.map(pick))}`;
}

function usedColumns({ head, rows }: Table): readonly number[] {
  return head.map((_, column) => column)
    .filter((column) => rows.some((row) => (row[column] ?? "") !== ""));
}
