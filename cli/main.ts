/**
 * Finds the command, runs it, and tells of its end.
 *
 * @module
 */

import { StorageError } from "../storage/errors.ts";
import { type Command, commandHelp, parseCommandArgs, usageLine } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { EXIT, UsageError } from "./errors.ts";
import { nearest } from "./nearest.ts";
import { columns, heading, type Page, paragraph, PLAIN_PAGE, stdoutPage } from "./page.ts";
import { SettingsError } from "./settings/problems.ts";
import { versionLine } from "./version.ts";

/** Runs the program; the result is the exit code. */
export async function runCli(args: readonly string[]): Promise<number> {
  const [first, ...rest] = args;
  if (first === undefined) {
    console.error(programHelp(PLAIN_PAGE));
    return EXIT.misused;
  }
  if (first === "help" && rest[0] !== undefined) return await runCli([rest[0], "--help"]);
  if (first === "--help" || first === "-h" || first === "help") {
    console.log(programHelp(stdoutPage()));
    return EXIT.done;
  }
  if (first === "--version" || first === "-v") {
    console.log(versionLine());
    return EXIT.done;
  }
  const entry = Object.hasOwn(COMMANDS, first) ? COMMANDS[first] : undefined;
  if (entry === undefined) return unknownCommand(first);
  return await runCommand(await entry.load(), rest);
}

async function runCommand(command: Command, args: readonly string[]): Promise<number> {
  if (args.includes("--help") || args.includes("-h")) {
    console.log(commandHelp(command, stdoutPage()));
    return EXIT.done;
  }
  try {
    return await command.run(parseCommandArgs(command, args));
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`berth ${command.name}: ${error.message}`);
      console.error(`Usage: ${usageLine(command)}`);
      return EXIT.misused;
    }
    if (error instanceof SettingsError) {
      console.error(error.message);
      if (error.isOfFlag) console.error(`Usage: ${usageLine(command)}`);
      return EXIT.misused;
    }
    console.error(`berth ${command.name}: ${messageOf(error)}`);
    return EXIT.failed;
  }
}

/** What the operator is told. An error that nobody foresaw keeps its stack, for the report. */
function messageOf(error: unknown): string {
  if (error instanceof StorageError) return error.message;
  return error instanceof Error ? error.stack ?? error.message : String(error);
}

function unknownCommand(written: string): number {
  const near = nearest(written, [...Object.keys(COMMANDS), "help"]);
  const hint = near === null ? "" : `; did you mean "${near}"?`;
  console.error(`berth: Unknown command "${written}"${hint}`);
  console.error("Usage: berth COMMAND [ARGUMENTS]; berth --help lists the commands");
  return EXIT.misused;
}

/** Command lines that show what berth is for, each with what it does. */
const FIRST_STEPS: readonly (readonly [command: string, does: string])[] = [
  ["berth serve", "a registry on 127.0.0.1:5000 that keeps its data in ./data"],
  ["docker push localhost:5000/alpine", "any client pushes and pulls, from another terminal"],
  ["berth inspect", "what is in ./data now, and what it takes"],
  ["berth gc --dry-run -m", "what could go, and how much that frees"],
];

function programHelp(page: Page): string {
  const commands = Object.entries(COMMANDS).map(([name, { summary }]) => [name, summary] as const);
  const text = (words: string): readonly string[] => paragraph(page, words.split(" "));
  return [
    ...text("berth is a container registry in one binary."),
    "",
    ...text("Usage: berth COMMAND [ARGUMENTS]"),
    "",
    heading(page, "First steps:"),
    ...columns(page, FIRST_STEPS),
    "",
    heading(page, "Commands:"),
    ...columns(page, commands),
    "",
    ...text(
      "Settings come from a config.yml as distribution's registry has it, from REGISTRY_* variables over it, and " +
        "from flags over both. Results go to stdout, everything else to stderr. Exit codes: 0 done, 1 failed or " +
        "problems found, 2 misused, 130 interrupted.",
    ),
    "",
    ...text("berth COMMAND --help says more of each; berth --version prints the version."),
  ].join("\n");
}
