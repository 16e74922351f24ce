/**
 * Lays out pages of help: for a terminal of some width, in colour or not, or for a pipe.
 *
 * @module
 */

import { HELP_MEANING_COLUMNS_MIN } from "../storage/limits.ts";
import { terminalColumns } from "./progress.ts";

/** What a page is written on. */
export interface Page {
  /** Columns; `null` for a pipe, where no line is broken. */
  readonly width: number | null;
  /** Whether headings may be set off. */
  readonly isStyled: boolean;
}

/** A page that a program reads. */
export const PLAIN_PAGE: Page = { width: null, isStyled: false };

const INDENT = "  ";
const GAP = "  ";

/** The page that stdout is. `NO_COLOR` takes the style away. */
export function stdoutPage(): Page {
  const isTerminal = Deno.stdout.isTerminal();
  return {
    width: isTerminal ? terminalColumns() : null,
    isStyled: isTerminal && !Deno.noColor,
  };
}

/** A heading: bold, where the page has style. */
export function heading({ isStyled }: Page, text: string): string {
  return isStyled ? `\x1b[1m${text}\x1b[0m` : text;
}

/** Breaks a text between words, so that each line fits; a word that does not fit by itself stays whole. */
export function wrap(words: readonly string[], width: number | null): readonly string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last === undefined) lines.push(word);
    else if (width === null || last.length + 1 + word.length <= width) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines;
}

/** A paragraph, with its lines after the first indented. */
export function paragraph(
  { width }: Page,
  words: readonly string[],
  indent = "",
): readonly string[] {
  const room = width === null ? null : width - indent.length;
  return wrap(words, room).map((line, index) => index === 0 ? line : `${indent}${line}`);
}

/** A paragraph, with something before each of its lines. */
export function prefixed(
  { width }: Page,
  words: readonly string[],
  prefix: string,
): readonly string[] {
  return wrap(words, width === null ? null : width - prefix.length)
    .map((line) => `${prefix}${line}`);
}

/**
 * Lines of two columns, the second one aligned and broken to fit. Where it would get too narrow it stands below the
 * first.
 */
export function columns(
  { width }: Page,
  rows: readonly (readonly [string, string])[],
): readonly string[] {
  const left = Math.max(0, ...rows.map(([name]) => name.length));
  const start = INDENT.length + left + GAP.length;
  if (width !== null && width - start < HELP_MEANING_COLUMNS_MIN) return stacked(width, rows);
  return rows.flatMap(([name, meaning]) => {
    const [first = "", ...rest] = wrap(meaning.split(" "), width === null ? null : width - start);
    return [
      `${INDENT}${name.padEnd(left)}${GAP}${first}`.trimEnd(),
      ...rest.map((line) => " ".repeat(start) + line),
    ];
  });
}

function stacked(width: number, rows: readonly (readonly [string, string])[]): readonly string[] {
  const page = { width, isStyled: false };
  return rows.flatMap(([name, meaning]) => [
    `${INDENT}${name}`,
    ...prefixed(page, meaning.split(" ").filter((word) => word !== ""), INDENT.repeat(4)),
  ]);
}
