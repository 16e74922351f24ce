/**
 * Puts the tables into the README.
 *
 * @module
 */

import { runCommand } from "./run_command.ts";

/** Between these lines everything is written by the bench. */
export const README_BEGIN = "<!-- bench: written by deno task bench --write-readme -->";
export const README_END = "<!-- bench: end -->";

const README = new URL("../../README.md", import.meta.url).pathname;

/** A text with what stands between the markers replaced. Throws unless it has each of them once, in their order. */
export function replaceMarked(text: string, content: string): string {
  const [before, rest, ...moreBegins] = text.split(README_BEGIN);
  const [, after, ...moreEnds] = rest?.split(README_END) ?? [];
  if (before === undefined || after === undefined || moreBegins.length + moreEnds.length > 0) {
    throw new Error(`README.md needs "${README_BEGIN}" and then "${README_END}", each once`);
  }
  return `${before}${README_BEGIN}\n\n${content.trim()}\n\n${README_END}${after}`;
}

/** Replaces the part of README.md, and has it formatted as the rest. */
export async function writeReadme(content: string): Promise<void> {
  await Deno.writeTextFile(README, replaceMarked(await Deno.readTextFile(README), content));
  await runCommand(Deno.execPath(), ["fmt", "--quiet", README]);
}
