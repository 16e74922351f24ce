/**
 * Puts the tables into the README, each section by itself.
 *
 * @module
 */

import { runCommand } from "./run_command.ts";

/** What stands before and after what the bench writes of a section. */
export function markersOf(section: string): { readonly begin: string; readonly end: string } {
  return {
    begin: `<!-- bench ${section}: written by deno task bench --write-readme -->`,
    end: `<!-- bench ${section}: end -->`,
  };
}

const README = new URL("../../README.md", import.meta.url).pathname;

/** A text with what stands between the markers of a section replaced. Throws unless it has each once, in their order. */
export function replaceMarked(text: string, section: string, content: string): string {
  const { begin, end } = markersOf(section);
  const [before, rest, ...moreBegins] = text.split(begin);
  const [, after, ...moreEnds] = rest?.split(end) ?? [];
  if (before === undefined || after === undefined || moreBegins.length + moreEnds.length > 0) {
    throw new Error(`README.md needs "${begin}" and then "${end}", each once`);
  }
  return `${before}${begin}\n\n${content.trim()}\n\n${end}${after}`;
}

/** Replaces what README.md says of a section, and has it formatted as the rest. */
export async function writeReadme(section: string, content: string): Promise<void> {
  await Deno.writeTextFile(
    README,
    replaceMarked(await Deno.readTextFile(README), section, content),
  );
  await runCommand(Deno.execPath(), ["fmt", "--quiet", README]);
}
