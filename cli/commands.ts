/**
 * The commands of berth.
 *
 * @module
 */

import type { Command } from "./command.ts";

/** A row of the table of commands. */
export interface CommandRow {
  /** A few words, for the list of commands. */
  readonly summary: string;
  /** Loads the command only when it runs: what `serve` needs must not slow down the others. */
  readonly load: () => Promise<Command>;
}

/** Every command, by the name that it is called by. */
export const COMMANDS: Readonly<Record<string, CommandRow>> = {
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
  inspect: {
    summary: "look at what is in a store, and at what is wrong with it",
    load: async () => (await import("./inspect.ts")).inspectCommand,
  },
  digest: {
    summary: "print or check digests of files",
    load: async () => (await import("./digest.ts")).digestCommand,
  },
  api: {
    summary: "print the API reference",
    load: async () => (await import("./api.ts")).apiCommand,
  },
  completions: {
    summary: "print what makes a shell complete commands and flags",
    load: async () => (await import("./completions.ts")).completionsCommand,
  },
  man: {
    summary: "print the manual page",
    load: async () => (await import("./man.ts")).manCommand,
  },
};

/** Loads every command, in the order of the table. */
export function loadCommands(): Promise<readonly Command[]> {
  return Promise.all(Object.values(COMMANDS).map(({ load }) => load()));
}
