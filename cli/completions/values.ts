/**
 * What can stand in the place of a value, read off the words that stand for it in the help.
 *
 * @module
 */

import { type Command, type Flag, flag } from "../command.ts";

/** What a shell offers for a value: some words, or the names of files or directories; `null` for nothing. */
export type Values = readonly string[] | "files" | "directories" | null;

const CHOICES_REGEXP = /^[a-z0-9-]+(?:\|[a-z0-9-]+)*$/;

/** The values of a flag or operand that is written so: `table|tree|json`, `DIR`, `[CONFIG]`, `N`. */
export function valuesOf(placeholder: string): Values {
  if (CHOICES_REGEXP.test(placeholder)) return placeholder.split("|");
  if (/\b(?:FILE|CONFIG)\b/.test(placeholder)) return "files";
  return /\bDIR\b/.test(placeholder) ? "directories" : null;
}

/** The flags that a command takes, with those that every command takes. */
export function flagsOf({ flags }: Command): readonly Flag[] {
  return [...flags, flag("help", "say how the command is used", { letter: "h" })];
}
