/**
 * `berth inspect`: what is in a store, and what is wrong with it.
 *
 * @module
 */

import type { Command, CommandArgs } from "./command.ts";
import { EXIT } from "./errors.ts";
import { ROOT_FALLBACK } from "./store_root.ts";

/** The command, for the table of commands. */
export const inspectCommand: Command = {
  name: "inspect",
  summary:
    "Look at what is in a store, and at what is wrong with it. Changes nothing but by --repair.",
  operands: "[CONFIG] [REPO[:TAG|@DIGEST]]",
  operandsMax: 2,
  flags: [
    {
      name: "root",
      letter: null,
      placeholder: "DIR",
      meaning: "directory of the store",
      fallback: ROOT_FALLBACK,
    },
    {
      name: "format",
      letter: null,
      placeholder: "table|tree|json",
      meaning: "how to print: json is one object per line, tree shows what is on disk",
      fallback: "table",
    },
    {
      name: "verify",
      letter: null,
      placeholder: null,
      meaning: "read every blob again and compare its digest",
      fallback: null,
    },
    {
      name: "since",
      letter: null,
      placeholder: "TIME|DURATION",
      meaning: "verify only what was written or used since, such as 2026-11-20 or 2d",
      fallback: null,
    },
    {
      name: "events",
      letter: null,
      placeholder: null,
      meaning: "only what waits to be told to the listeners of notifications",
      fallback: null,
    },
    {
      name: "repair",
      letter: null,
      placeholder: null,
      meaning: "mend what can be mended, after showing it and asking",
      fallback: null,
    },
    {
      name: "yes",
      letter: "y",
      placeholder: null,
      meaning: "repair without asking",
      fallback: null,
    },
  ],
  examples: [
    ["berth inspect --root /var/lib/registry", "what is there, how large, and what is wrong"],
    ["berth inspect library/alpine:3.20", "one image, down to its layers"],
    ["berth inspect --events --format json", "which notifications wait for whom, and why"],
    [
      "berth inspect --verify --repair --yes",
      "read every byte, and move damaged blobs aside so that the next push heals them",
    ],
  ],
  run: inspect,
};

async function inspect(args: CommandArgs): Promise<number> {
  // Loaded when it is needed: help is not to wait for it.
  const [{ Inspection }, { readRequest }] = await Promise.all([
    import("./inspect/inspection.ts"),
    import("./inspect/request.ts"),
  ]);
  const request = readRequest(args, Date.now());
  const interrupt = (): never => Deno.exit(EXIT.interrupted);
  Deno.addSignalListener("SIGINT", interrupt);
  try {
    return await new Inspection(request).run();
  } catch (error) {
    // Whoever read the results has gone away; there is nobody to tell.
    if (error instanceof Deno.errors.BrokenPipe) return EXIT.failed;
    throw error;
  } finally {
    Deno.removeSignalListener("SIGINT", interrupt);
  }
}
