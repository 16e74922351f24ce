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
  /** Whether what takes long may take as long as it takes. */
  readonly full: boolean;
  /** The one section to run; `null` for all. */
  readonly only: string | null;
  /** Rows of the server to run, by name. */
  readonly rows: RegExp;
  /** Servers to measure, by name. */
  readonly servers: RegExp;
  /** Minutes of a steady load in place of the sections; `null` for none. */
  readonly soakMinutes: number | null;
  readonly writeReadme: boolean;
}

/** How long a soak takes unless it is said, in minutes. */
const SOAK_MINUTES = 10;

/** The section whose rows and servers can be chosen. */
const CHOSEN_SECTION = "registry";

/** Text of `--help`, with a line for each section. */
export function benchUsage(
  sections: readonly { readonly name: string; readonly summary: string }[],
): string {
  return `Usage: deno task bench [--quick] [--only SECTION] [--rows REGEX] [--servers REGEX] [--full]
                       [--soak [MINUTES]] [--write-readme]

Measures berth beside other programs, prints tables and, as the last line, the same as JSON.

  --quick          small sizes and two rounds, to see that everything works
  --only SECTION   only one of the sections below
  --rows REGEX     only rows of the server whose name matches, for example "push"
  --servers REGEX  only servers whose name matches, for example "berth, 1"
  --full           let what is slow come to its end, and grow collection to a million blobs
  --soak           a steady load for some minutes (10) in place of the sections: does memory grow?
  --write-readme   put the tables of the sections that run into README.md
  --help           this text

Sections:

${sections.map(({ name, summary }) => `  ${name.padEnd(15)}  ${summary}`).join("\n")}

Data goes to the directory for temporary files (TMPDIR), about 10 GiB, and is removed at the end. wrk, curl, nginx,
openssl and docker-registry are used from PATH, and done without where they are missing; BERTH_BINARY names a compiled
berth to measure in place of the sources.
`;
}

/** The command line was not understood; the message says which part. */
export class BenchUsageError extends Error {
  override readonly name = "BenchUsageError";
}

/** Parses the command line. Throws a {@linkcode BenchUsageError} on what is unknown, malformed or at odds. */
export function parseBenchOptions(args: readonly string[]): BenchOptions {
  const parsed = parseArgs(args, {
    boolean: ["help", "quick", "full", "write-readme"],
    string: ["rows", "servers", "only", "soak"],
    unknown: (argument) => {
      throw new BenchUsageError(`Unknown argument "${argument}"; see --help`);
    },
  });
  const options = {
    help: parsed["help"] === true,
    quick: parsed["quick"] === true,
    full: parsed["full"] === true,
    only: parseOnly(parsed["only"], parsed["rows"] ?? parsed["servers"]),
    rows: parsePattern("--rows", parsed["rows"]),
    servers: parsePattern("--servers", parsed["servers"]),
    soakMinutes: parseSoak(parsed["soak"]),
    writeReadme: parsed["write-readme"] === true,
  };
  const isPartial = options.quick || (parsed["rows"] ?? parsed["servers"]) !== undefined;
  if (options.writeReadme && isPartial) {
    throw new BenchUsageError(
      "--write-readme needs whole sections: leave out --quick, --rows and --servers",
    );
  }
  return options;
}

/** Rows and servers are those of one section, which then runs alone. */
function parseOnly(value: unknown, choice: unknown): string | null {
  if (value === undefined) return choice === undefined ? null : CHOSEN_SECTION;
  if (typeof value !== "string" || value === "") {
    throw new BenchUsageError("--only needs the name of one section; see --help");
  }
  return value;
}

function parseSoak(value: unknown): number | null {
  if (value === undefined) return null;
  const minutes = value === "" ? SOAK_MINUTES : Number(value);
  if (minutes > 0 && Number.isFinite(minutes)) return minutes;
  throw new BenchUsageError(`--soak takes a number of minutes, not "${value}"`);
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
