/**
 * What a command is, how its arguments are read, and how its help is written.
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import { UsageError } from "./errors.ts";
import { nearest } from "./nearest.ts";
import { columns, heading, type Page, paragraph, prefixed } from "./page.ts";

/** One flag of a command. */
export interface Flag {
  /** Without dashes. */
  readonly name: string;
  /** One letter; `null` for none. */
  readonly letter: string | null;
  /** Stands for the value in the usage; `null` for a switch. */
  readonly placeholder: string | null;
  readonly meaning: string;
  /** What is taken when the flag is absent, for the help; `null` for nothing. */
  readonly fallback: string | null;
}

/** A command of berth. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  /** The positional arguments, as the usage shows them; `""` for none. */
  readonly operands: string;
  /** Most positional arguments. */
  readonly operandsMax: number;
  readonly flags: readonly Flag[];
  /** Command lines, each with what it does. */
  readonly examples: readonly (readonly [command: string, does: string])[];
  /** Runs it; the result is the exit code. */
  readonly run: (args: CommandArgs) => Promise<number>;
}

/** The arguments of a command, sorted. */
export interface CommandArgs {
  readonly operands: readonly string[];
  /** The value of a flag that takes one; `null` when it was not given. */
  text(flag: string): string | null;
  /** All values of a flag that may be repeated. */
  texts(flag: string): readonly string[];
  /** Whether a switch was given. */
  isSet(flag: string): boolean;
}

/** A row of flags: a switch without a letter, unless the options say otherwise. */
export function flag(name: string, meaning: string, options: Partial<Flag> = {}): Flag {
  return { name, meaning, letter: null, placeholder: null, fallback: null, ...options };
}

/** Sorts arguments by the flags of a command. Throws a `UsageError` that names what is wrong. */
export function parseCommandArgs(command: Command, args: readonly string[]): CommandArgs {
  const texts = command.flags.filter((flag) => flag.placeholder !== null).map((flag) => flag.name);
  const switches = command.flags.filter((flag) => flag.placeholder === null);
  const parsed = parseArgs(args, {
    string: [...texts, "_"],
    boolean: switches.map((flag) => flag.name),
    collect: texts,
    alias: aliasesOf(command.flags),
    unknown: (written, key) => key === undefined ? true : refuseFlag(command, written),
  });
  const operands = parsed._.map(String);
  if (operands.length > command.operandsMax) {
    throw new UsageError(`Unexpected argument "${operands[command.operandsMax]}"`);
  }
  return {
    operands,
    isSet: (flag) => parsed[flag] === true,
    texts: (flag) => allTexts(flag, parsed[flag]),
    text: (flag) => onlyText(flag, allTexts(flag, parsed[flag])),
  };
}

function aliasesOf(flags: readonly Flag[]): Record<string, string> {
  return Object.fromEntries(
    flags.flatMap((flag) => flag.letter === null ? [] : [[flag.letter, flag.name]]),
  );
}

function onlyText(flag: string, values: readonly string[]): string | null {
  if (values.length > 1) throw new UsageError(`Flag --${flag} is given more than once`);
  return values[0] ?? null;
}

function allTexts(flag: string, values: unknown): readonly string[] {
  if (!Array.isArray(values)) return [];
  return values.map((value) => {
    if (typeof value === "string" && value !== "") return value;
    throw new UsageError(`Flag --${flag} needs a value`);
  });
}

function refuseFlag(command: Command, written: string): never {
  const [flag = ""] = written.split("=", 1);
  const near = nearest(flag, command.flags.map((row) => `--${row.name}`));
  throw new UsageError(`Unknown flag ${flag}${near === null ? "" : `; did you mean ${near}?`}`);
}

/** How a command is called: its name, operands and flags. */
export function usageLine(command: Command): string {
  return usageWords(command).join(" ");
}

function usageWords(command: Command): readonly string[] {
  const flags = command.flags.map((flag) => {
    const name = flag.letter === null ? `--${flag.name}` : `-${flag.letter}|--${flag.name}`;
    return `[${name}${flag.placeholder === null ? "" : ` ${flag.placeholder}`}]`;
  });
  const operands = command.operands === "" ? [] : [command.operands];
  return [`berth ${command.name}`, ...operands, ...flags];
}

/** What a flag is written as, with its letter and what stands for its value. */
export function flagTitle({ name, letter, placeholder }: Flag): string {
  const value = placeholder === null ? "" : ` ${placeholder}`;
  return `${letter === null ? "" : `-${letter}, `}--${name}${value}`;
}

/** What a flag means, and what is taken without it. */
export function flagMeaning({ meaning, fallback }: Flag): string {
  return `${meaning}${fallback === null ? "" : ` (default ${fallback})`}`;
}

/** The whole help of a command, ending in examples. */
export function commandHelp(command: Command, page: Page): string {
  const flags = command.flags.map((flag) =>
    [`${flag.letter === null ? "    " : ""}${flagTitle(flag)}`, flagMeaning(flag)] as const
  );
  return [
    ...paragraph(page, command.summary.split(" ")),
    "",
    ...paragraph(page, ["Usage:", ...usageWords(command)], "  "),
    "",
    ...flags.length === 0 ? [] : [heading(page, "Flags:"), ...columns(page, flags), ""],
    heading(page, "Examples:"),
    ...command.examples.flatMap(([line, does]) => [
      ...prefixed(page, does.split(" "), "  # "),
      `  ${line}`,
    ]),
    "",
  ].join("\n");
}
