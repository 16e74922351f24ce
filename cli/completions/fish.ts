/**
 * Completions for fish.
 *
 * @module
 */

import type { Command, Flag } from "../command.ts";
import { flagsOf, type Values, valuesOf } from "./values.ts";

/** A script that fish sources. */
export function fishCompletions(commands: readonly Command[]): string {
  const names = [...commands.map(({ name }) => name), "help"].join(" ");
  return [
    "# fish completions of berth, made by: berth completions fish",
    "complete -c berth -f",
    `complete -c berth -n __fish_use_subcommand -l help -s h -d ${quoted("say how berth is used")}`,
    `complete -c berth -n __fish_use_subcommand -l version -s v -d ${quoted("print the version")}`,
    ...commands.map(({ name, summary }) =>
      `complete -c berth -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`
    ),
    `complete -c berth -n __fish_use_subcommand -a help -d ${quoted("say how a command is used")}`,
    `complete -c berth -n "__fish_seen_subcommand_from help" -a ${quoted(names)}`,
    ...commands.flatMap(linesOf),
    "",
  ].join("\n");
}

function linesOf(command: Command): readonly string[] {
  const start = `complete -c berth -n "__fish_seen_subcommand_from ${command.name}"`;
  const operands = offer(valuesOf(command.operands));
  return [
    ...flagsOf(command).map((flag) => `${start} ${flagWords(flag)} -d ${quoted(flag.meaning)}`),
    ...operands === "" ? [] : [`${start} ${operands}`],
  ];
}

function flagWords({ name, letter, placeholder }: Flag): string {
  const short = letter === null ? "" : ` -s ${letter}`;
  if (placeholder === null) return `-l ${name}${short}`;
  const values = valuesOf(placeholder);
  // Where a value is no file, none are offered.
  return `-l ${name}${short} ${values === "files" ? "-r" : "-x"} ${offer(values)}`.trimEnd();
}

function offer(values: Values): string {
  if (values === null) return "";
  if (values === "files") return "-F";
  if (values === "directories") return "-a '(__fish_complete_directories)'";
  return `-a ${quoted(values.join(" "))}`;
}

function quoted(text: string): string {
  return `'${text.replace(/['\\]/g, "\\$&")}'`;
}
