/**
 * Completions for zsh.
 *
 * @module
 */

import type { Command, Flag } from "../command.ts";
import { flagsOf, type Values, valuesOf } from "./values.ts";

/** A script that zsh sources, or finds as `_berth` in its `fpath`. */
export function zshCompletions(commands: readonly Command[]): string {
  const help = "help:say how a command is used";
  const described = commands.map(({ name, summary }) => `${name}:${summary}`);
  return [
    "#compdef berth",
    "# zsh completions of berth, made by: berth completions zsh",
    "_berth() {",
    "  local -a commands=(",
    ...[...described, help].map((row) => `    ${quoted(row)}`),
    "  )",
    "  if (( CURRENT == 2 )); then",
    "    _describe command commands",
    `    _arguments ${quoted("--help[say how berth is used]")} ${
      quoted("--version[print the version]")
    }`,
    "    return",
    "  fi",
    "  shift words",
    "  (( CURRENT-- ))",
    "  case $words[1] in",
    "    help) _describe command commands ;;",
    ...commands.flatMap(caseOf),
    "  esac",
    "}",
    "# Found in fpath, the file itself is the body of the function.",
    'if [[ $funcstack[1] == _berth ]]; then _berth "$@"; else compdef _berth berth; fi',
    "",
  ].join("\n");
}

function caseOf(command: Command): readonly string[] {
  const operands = `*:${colonsEscaped(command.operands)}:${action(valuesOf(command.operands))}`;
  return [
    `    ${command.name})`,
    "      _arguments -s \\",
    ...flagsOf(command).map((flag) => `        ${argument(flag)} \\`),
    `        ${quoted(operands)} ;;`,
  ];
}

function argument({ name, letter, placeholder, meaning }: Flag): string {
  const explained = `[${meaning.replace(/[\][\\]/g, "\\$&")}]`;
  const value = placeholder === null
    ? ""
    : `:${colonsEscaped(placeholder)}:${action(valuesOf(placeholder))}`;
  const long = placeholder === null ? `--${name}` : `--${name}=`;
  if (letter === null) return quoted(`${long}${explained}${value}`);
  const short = placeholder === null ? `-${letter}` : `-${letter}+`;
  return `${quoted(`(-${letter} --${name})`)}{${short},${long}}${quoted(`${explained}${value}`)}`;
}

function action(values: Values): string {
  if (values === null) return " ";
  if (values === "files") return "_files";
  return values === "directories" ? "_files -/" : `(${values.join(" ")})`;
}

function colonsEscaped(text: string): string {
  return text.replaceAll(":", "\\:");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
