/**
 * `berth digest`: content digests of files, printed or checked.
 *
 * @module
 */

import {
  CANONICAL_ALGORITHM,
  DIGEST_ALGORITHMS,
  type DigestAlgorithm,
  isDigestAlgorithm,
} from "../storage/digest.ts";
import { type Command, type CommandArgs, flag } from "./command.ts";
import { checkLists, type CheckOptions } from "./digest_check.ts";
import { type DigestJob, type DigestOutcome, STDIN } from "./digest_file.ts";
import { digestFiles } from "./digest_files.ts";
import { digestInputs } from "./digest_inputs.ts";
import { formatDigestLine } from "./digest_lines.ts";
import { EXIT, UsageError } from "./errors.ts";
import { printable } from "./format.ts";
import { LineOutput } from "./line_output.ts";

/** Annotation that names a file (OCI image spec, "Pre-Defined Annotation Keys"). */
const TITLE_ANNOTATION = "org.opencontainers.image.title";

const PRINT_SWITCHES: readonly string[] = ["recursive", "json"];
const CHECK_SWITCHES: readonly string[] = ["quiet", "status", "strict", "ignore-missing", "warn"];

/** The command, for the table of commands. */
export const digestCommand: Command = {
  name: "digest",
  summary: "Print the digests of files, or check them.",
  operands: "[FILE|DIR|- ...]",
  operandsMax: Infinity,
  flags: [
    flag("algorithm", "what the digests are made with", {
      letter: "a",
      placeholder: Object.keys(DIGEST_ALGORITHMS).join("|"),
      fallback: CANONICAL_ALGORITHM,
    }),
    flag("recursive", "digest all files below directories, in the order of their names", {
      letter: "r",
    }),
    flag("json", "print one OCI descriptor a line"),
    flag("check", "read digests from the FILEs and check them, as sha256sum -c does", {
      letter: "c",
    }),
    flag("quiet", "with --check: print no OK lines"),
    flag("status", "with --check: print nothing, the exit code tells"),
    flag("strict", "with --check: fail when a line is improperly formatted"),
    flag("ignore-missing", "with --check: pass over files that are not there"),
    flag("warn", "with --check: name each line that is improperly formatted", { letter: "w" }),
  ],
  examples: [
    ["berth digest -r ./layout > SUMS", "the digest of every file below ./layout"],
    ["berth digest --check --quiet SUMS", "has any of them changed?"],
    ["berth digest --json -a sha512 - < layer.tar.gz", "a descriptor of what comes from a pipe"],
  ],
  run: digest,
};

async function digest(args: CommandArgs): Promise<number> {
  const isCheck = args.isSet("check");
  const misused = (isCheck ? PRINT_SWITCHES : CHECK_SWITCHES).find((name) => args.isSet(name));
  if (misused !== undefined) {
    throw new UsageError(`--${misused} ${isCheck ? "has no use with" : "needs"} --check`);
  }
  const operands = args.operands.length > 0 ? args.operands : [STDIN];
  const algorithm = readAlgorithm(args);
  try {
    return isCheck
      ? await checkLists(operands, checkOptions(args, algorithm), report)
      : await printDigests(args, operands, algorithm ?? CANONICAL_ALGORITHM);
  } catch (error) {
    // Whoever ended `berth digest ... | head -1` has seen enough, and needs no message.
    if (error instanceof Deno.errors.BrokenPipe) return EXIT.failed;
    throw error;
  }
}

function readAlgorithm(args: CommandArgs): DigestAlgorithm | null {
  const name = args.text("algorithm");
  if (name === null || isDigestAlgorithm(name)) return name;
  const known = Object.keys(DIGEST_ALGORITHMS).join(", ");
  throw new UsageError(`Cannot use --algorithm "${name}": expected one of ${known}`);
}

function checkOptions(args: CommandArgs, algorithm: DigestAlgorithm | null): CheckOptions {
  return {
    algorithm,
    isQuiet: args.isSet("quiet"),
    isSilent: args.isSet("status"),
    isStrict: args.isSet("strict"),
    ignoresMissing: args.isSet("ignore-missing"),
    warns: args.isSet("warn"),
  };
}

async function printDigests(
  args: CommandArgs,
  operands: readonly string[],
  algorithm: DigestAlgorithm,
): Promise<number> {
  const isSniffed = args.isSet("json");
  const output = new LineOutput();
  let hasFailed = false;
  const inputs = digestInputs(operands, args.isSet("recursive"));
  const jobs = inputs.map((name): DigestJob => ({ name, algorithm, isSniffed }));
  for await (const digested of digestFiles(jobs)) {
    for (const [{ name }, outcome] of digested) {
      if (outcome.kind === "digest") {
        output.line(
          isSniffed ? descriptorLine(name, outcome) : formatDigestLine({ name, ...outcome }),
        );
      } else {
        // On a terminal the lines stand in the order of the files.
        output.flush();
        report(`${printable(name)}: ${outcome.reason}`);
        hasFailed = true;
      }
    }
    output.flush();
  }
  return hasFailed ? EXIT.failed : EXIT.done;
}

function descriptorLine(
  name: string,
  { digest, size, mediaType }: Extract<DigestOutcome, { kind: "digest" }>,
): string {
  return JSON.stringify({ mediaType, digest, size, annotations: { [TITLE_ANNOTATION]: name } });
}

function report(text: string): void {
  console.error(`berth digest: ${text}`);
}
