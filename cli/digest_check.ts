/**
 * `berth digest --check`: compares files with lists of their digests, and says what `sha256sum --check` says
 * (GNU coreutils 9).
 *
 * @module
 */

import {
  CANONICAL_ALGORITHM,
  type Digest,
  type DigestAlgorithm,
  digestAlgorithm,
} from "../storage/digest.ts";
import { DIGEST_LINE_CHARACTERS_MAX } from "../storage/limits.ts";
import { type DigestJob, type DigestOutcome, STDIN, systemReason } from "./digest_file.ts";
import { digestFiles } from "./digest_files.ts";
import { type DigestLine, escapeName, hasLineEnd, parseDigestLine } from "./digest_lines.ts";
import { EXIT } from "./errors.ts";
import { printable } from "./format.ts";
import { type LineSource, readLines } from "./line_input.ts";
import { LineOutput } from "./line_output.ts";

/** How lists are checked, and how much of it is told. */
export interface CheckOptions {
  /** The only algorithm to accept; `null` for any. */
  readonly algorithm: DigestAlgorithm | null;
  /** No lines for files that are as they should be. */
  readonly isQuiet: boolean;
  /** No lines for files, and no sums at the end. */
  readonly isSilent: boolean;
  /** Whether a line that cannot be read is a failure. */
  readonly isStrict: boolean;
  /** Whether a file that is not there is passed over. */
  readonly ignoresMissing: boolean;
  /** Whether each line that cannot be read is named. */
  readonly warns: boolean;
}

/** Writes a message to standard error. */
export type Report = (text: string) => void;

/** Checks all files that the lists name; the result is the exit code. Throws `BrokenPipe` when nobody reads it. */
export async function checkLists(
  lists: readonly string[],
  options: CheckOptions,
  report: Report,
): Promise<number> {
  let isGood = true;
  for (const list of lists) {
    const check = new ListCheck(list, options, report);
    isGood = await check.run() && isGood;
  }
  return isGood ? EXIT.done : EXIT.failed;
}

/** What a file should be. */
interface CheckJob extends DigestJob {
  readonly expected: Digest;
}

/** What has been counted over one list. */
interface Counts {
  read: number;
  unreadable: number;
  matched: number;
  failed: number;
  mismatched: number;
}

/** What is said of a count that is not zero. */
const WARNINGS: readonly (readonly [keyof Counts, one: string, many: string])[] = [
  ["unreadable", "line is improperly formatted", "lines are improperly formatted"],
  ["failed", "listed file could not be read", "listed files could not be read"],
  ["mismatched", "computed checksum did NOT match", "computed checksums did NOT match"],
];

class ListCheck {
  readonly #list: string;
  readonly #label: string;
  readonly #options: CheckOptions;
  readonly #report: Report;
  readonly #output = new LineOutput();
  readonly #counts: Counts = { read: 0, unreadable: 0, matched: 0, failed: 0, mismatched: 0 };
  /** Whether the list itself could not be read. */
  #isBroken = false;

  constructor(list: string, options: CheckOptions, report: Report) {
    this.#list = list;
    this.#label = list === STDIN ? "'standard input'" : printable(list);
    this.#options = options;
    this.#report = report;
  }

  /** Checks the list; the result is whether all is as it should be. */
  async run(): Promise<boolean> {
    for await (const digested of digestFiles(this.#jobs())) {
      for (const [job, outcome] of digested) this.#judge(job, outcome);
      this.#output.flush();
    }
    if (this.#isBroken) return false;
    this.#sumUp();
    const { read, unreadable, matched, failed, mismatched } = this.#counts;
    return read > 0 && failed === 0 && mismatched === 0 &&
      (unreadable === 0 || !this.#options.isStrict) &&
      (matched > 0 || !this.#options.ignoresMissing);
  }

  *#jobs(): Generator<CheckJob, void> {
    try {
      if (this.#list === STDIN) {
        yield* this.#jobsOf(Deno.stdin);
      } else {
        using file = Deno.openSync(this.#list);
        yield* this.#jobsOf(file);
      }
    } catch (error) {
      // Only what reads the list throws here: the files are read outside of this generator.
      this.#report(`${this.#label}: ${systemReason(error)}`);
      this.#isBroken = true;
    }
  }

  *#jobsOf(source: LineSource): Generator<CheckJob, void> {
    let number = 0;
    for (const text of readLines(source, DIGEST_LINE_CHARACTERS_MAX)) {
      number++;
      if (text === "" || text?.startsWith("#")) continue;
      const line = text === null ? null : this.#accept(text);
      if (line !== null) {
        this.#counts.read++;
        const { name, digest } = line;
        yield { name, algorithm: digestAlgorithm(digest), isSniffed: false, expected: digest };
        continue;
      }
      this.#counts.unreadable++;
      if (this.#options.warns) {
        const algorithm = (this.#options.algorithm ?? CANONICAL_ALGORITHM).toUpperCase();
        this.#report(`${this.#label}: ${number}: improperly formatted ${algorithm} checksum line`);
      }
    }
  }

  #accept(text: string): DigestLine | null {
    const line = parseDigestLine(text);
    if (line === null || line.name === STDIN && this.#list === STDIN) return null;
    const { algorithm } = this.#options;
    return algorithm === null || algorithm === digestAlgorithm(line.digest) ? line : null;
  }

  #judge({ name, expected }: CheckJob, outcome: DigestOutcome): void {
    if (outcome.kind === "failure") {
      if (outcome.isAbsent && this.#options.ignoresMissing) return;
      this.#counts.failed++;
      this.#report(`${printable(name)}: ${outcome.reason}`);
      this.#tell(name, "FAILED open or read");
    } else if (outcome.digest === expected) {
      this.#counts.matched++;
      if (!this.#options.isQuiet) this.#tell(name, "OK");
    } else {
      this.#counts.mismatched++;
      this.#tell(name, "FAILED");
    }
  }

  #tell(name: string, verdict: string): void {
    if (this.#options.isSilent) return;
    const shown = hasLineEnd(name) ? `\\${escapeName(name)}` : name;
    this.#output.line(`${shown}: ${verdict}`);
  }

  #sumUp(): void {
    if (this.#counts.read === 0) {
      this.#report(`${this.#label}: no properly formatted checksum lines found`);
      return;
    }
    if (this.#options.isSilent) return;
    for (const [name, one, many] of WARNINGS) {
      const count = this.#counts[name];
      if (count > 0) this.#report(`WARNING: ${count} ${count === 1 ? one : many}`);
    }
    if (this.#options.ignoresMissing && this.#counts.matched === 0) {
      this.#report(`${this.#label}: no file was verified`);
    }
  }
}
