/**
 * What a bench is asked to do.
 *
 * @module
 */

import { parseArgs } from "@std/cli";

/** What the command line of `deno task bench` asks for. */
export interface BenchOptions {
  readonly help: boolean;
  readonly quick: boolean;
  /** Rows to run, by name. */
  readonly rows: RegExp;
  /** Servers to measure, by name. */
  readonly servers: RegExp;
}

/** Text of `--help`. */
export const BENCH_USAGE = `Usage: deno task bench [--quick] [--rows REGEX] [--servers REGEX]

Measures berth beside Debian's docker-registry, prints a table and, as the last line, the same as JSON.

  --quick          small sizes and two rounds, to see that everything works
  --rows REGEX     only rows whose name matches, for example "push"
  --servers REGEX  only servers whose name matches, for example "berth, 1"
  --help           this text

Data goes to the directory for temporary files (TMPDIR), about 6 GiB, and is removed at the end. wrk and curl are
used from PATH; BERTH_BINARY names a compiled berth to measure in place of the sources.
`;

/** The command line was not understood; the message says which part. */
export class BenchUsageError extends Error {
  override readonly name = "BenchUsageError";
}

/** Parses the command line. Throws a {@linkcode BenchUsageError} on an unknown argument or a bad pattern. */
export function parseBenchOptions(args: readonly string[]): BenchOptions {
  const parsed = parseArgs(args, {
    boolean: ["help", "quick"],
    string: ["rows", "servers"],
    unknown: (argument) => {
      throw new BenchUsageError(`Unknown argument "${argument}"; see --help`);
    },
  });
  return {
    help: parsed["help"] === true,
    quick: parsed["quick"] === true,
    rows: parsePattern("--rows", parsed["rows"]),
    servers: parsePattern("--servers", parsed["servers"]),
  };
}

function parsePattern(flag: string, value: unknown): RegExp {
  if (value === undefined) return /(?:)/;
  if (typeof value !== "string" || value === "") {
    throw new BenchUsageError(`${flag} needs one regular expression`);
  }
  try {
    return new RegExp(value);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new BenchUsageError(`${flag}: ${reason}`, { cause: error });
  }
}
