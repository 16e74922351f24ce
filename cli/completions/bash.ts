/**
 * Completions for bash.
 *
 * @module
 */

import type { Command, Flag } from "../command.ts";
import { flagsOf, type Values, valuesOf } from "./values.ts";

/** A script that bash sources. It works with bash 3.2, which macOS has. */
export function bashCompletions(commands: readonly Command[]): string {
  const names = [...commands.map(({ name }) => name), "help", "--help", "--version"];
  return [
    "# bash completions of berth, made by: berth completions bash",
    "_berth() {",
    '  local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}" IFS=$\'\\n\'',
    "  # bash takes the equals sign of --flag=value for a word of its own.",
    '  if [ "$current" = "=" ]; then current=""; fi',
    '  if [ "$previous" = "=" ]; then previous="${COMP_WORDS[COMP_CWORD-2]}"; fi',
    "  COMPREPLY=()",
    '  if [ "$COMP_CWORD" -eq 1 ]; then',
    `    ${offer(names)}`,
    "    return",
    "  fi",
    '  case "${COMP_WORDS[1]} $previous" in',
    `    "help "*) ${offer(commands.map(({ name }) => name))}; return ;;`,
    ...commands.flatMap(valueCases),
    "  esac",
    '  case "${COMP_WORDS[1]} $current" in',
    ...commands.map((command) =>
      `    "${command.name} -"*) ${offer(flagsOf(command).flatMap(written))} ;;`
    ),
    ...commands.map((command) =>
      `    "${command.name} "*) ${offer(valuesOf(command.operands))} ;;`
    ),
    "  esac",
    "}",
    "complete -F _berth berth",
    "",
  ].join("\n");
}

/** The cases in which the word before asks for a value. */
function valueCases({ name, flags }: Command): readonly string[] {
  return flags.filter(({ placeholder }) => placeholder !== null).map((flag) => {
    const patterns = written(flag).map((word) => `"${name} ${word}"`);
    return `    ${patterns.join("|")}) ${offer(valuesOf(flag.placeholder ?? ""))}; return ;;`;
  });
}

function written({ name, letter }: Flag): readonly string[] {
  return letter === null ? [`--${name}`] : [`-${letter}`, `--${name}`];
}

function offer(values: Values): string {
  if (values === null) return ":";
  const files = (option: string): string =>
    `compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen ${option} -- "$current"))`;
  if (values === "files") return files("-f");
  if (values === "directories") return files("-d");
  // Words are separated as the results are, by line breaks.
  return `COMPREPLY=($(compgen -W $'${values.join("\\n")}' -- "$current"))`;
}
