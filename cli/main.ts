/**
 * Finds the command, runs it, and tells of its end.
 *
 * @module
 */

import { StorageError } from "../storage/errors.ts";
import { columns, type Command, commandHelp, parseCommandArgs, usageLine } from "./command.ts";
import { EXIT, UsageError } from "./errors.ts";
import { nearest } from "./nearest.ts";
import { SettingsError } from "./settings/problems.ts";
import { versionLine } from "./version.ts";

/** Each command is loaded only when it runs: what `serve` needs must not slow down the others. */
const COMMANDS: Readonly<Record<string, { summary: string; load: () => Promise<Command> }>> = {
  serve: {
    summary: "run a registry server",
    load: async () => (await import("./serve.ts")).serveCommand,
  },
  gc: {
    summary: "remove what no tag leads to",
    load: async () => (await import("./gc.ts")).gcCommand,
  },
  "garbage-collect": {
    summary: "the same, with distribution's output",
    load: async () => (await import("./gc.ts")).garbageCollectCommand,
  },
  digest: {
    summary: "print or check digests of files",
    load: async () => (await import("./digest.ts")).digestCommand,
  },
  api: {
    summary: "print the API reference",
    load: async () => (await import("./api.ts")).apiCommand,
  },
  inspect: {
    summary: "look at what is in a store, and at what is wrong with it",
    load: async () => (await import("./inspect.ts")).inspectCommand,
  },
};

/** Runs the program; the result is the exit code. */
export async function runCli(args: readonly string[]): Promise<number> {
  const [first, ...rest] = args;
  if (first === undefined || first === "--help" || first === "-h" || first === "help") {
    (first === undefined ? console.error : console.log)(programHelp());
    return first === undefined ? EXIT.misused : EXIT.done;
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
    console.log(commandHelp(command));
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
  const near = nearest(written, Object.keys(COMMANDS));
  const hint = near === null ? "" : `; did you mean "${near}"?`;
  console.error(`berth: Unknown command "${written}"${hint}`);
  console.error("Usage: berth COMMAND [ARGUMENTS]; berth --help lists the commands");
  return EXIT.misused;
}

function programHelp(): string {
  return [
    "berth is a container registry in one binary.",
    "",
    "Usage: berth COMMAND [ARGUMENTS]",
    "",
    "Commands:",
    ...columns(Object.entries(COMMANDS).map(([name, { summary }]) => [name, summary])),
    "",
    "berth COMMAND --help says more of each; berth --version prints the version.",
  ].join("\n");
}
