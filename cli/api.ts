/**
 * `berth api`: prints the API reference.
 *
 * @module
 */

import { apiReference } from "../registry/api_reference.ts";
import type { Command, CommandArgs } from "./command.ts";
import { EXIT, UsageError } from "./errors.ts";

/** How the reference can be written. */
const FORMATS: Readonly<Record<string, () => string>> = { markdown: apiReference };

const FORMAT_FALLBACK = "markdown";

/** The command, for the table of commands. */
export const apiCommand: Command = {
  name: "api",
  summary: "Print the API reference.",
  operands: "",
  operandsMax: 0,
  flags: [{
    name: "format",
    letter: null,
    placeholder: Object.keys(FORMATS).join("|"),
    meaning: "how to write it",
    fallback: FORMAT_FALLBACK,
  }],
  examples: [
    ["berth api", "every path, method and error of the registry"],
    ["berth api --format markdown > API.md", "the same as a page"],
  ],
  run: (args) => Promise.resolve(api(args)),
};

function api(args: CommandArgs): number {
  const format = args.text("format") ?? FORMAT_FALLBACK;
  const write = Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined;
  if (write === undefined) {
    const known = Object.keys(FORMATS).join(", ");
    throw new UsageError(`Cannot use --format "${format}": expected one of ${known}`);
  }
  console.log(write().trimEnd());
  return EXIT.done;
}
