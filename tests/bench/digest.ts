/**
 * The section of digests: `berth digest` beside `sha256sum` and `openssl dgst`.
 *
 * @module
 */

import { berthCommand, findProgram, withTempDir } from "../harness.ts";
import { type Expectation, figureTable, type MeasuredFigure } from "./figure.ts";
import type { BenchOptions } from "./options.ts";
import { runCommand } from "./run_command.ts";
import type { SectionReport } from "./section.ts";

const ROUNDS = 5;
const MEBIBYTE = 1024 * 1024;

/** Size of a large file. */
const FILE_MEBIBYTES = 1024;
const QUICK_FILE_MEBIBYTES = 64;

/** A way to hash something: one command, or several after each other. */
interface Contender {
  readonly name: string;
  readonly commands: readonly (readonly string[])[];
}

/** Contenders for the same work. */
interface Contest {
  readonly name: string;
  readonly contenders: readonly Contender[];
  readonly expected: readonly Expectation[];
}

/** Measures the seconds of each contest. */
export async function runDigestSection(
  { quick }: BenchOptions,
  stop: AbortSignal,
): Promise<SectionReport> {
  const figures = await withTempDir("bench_digest", async (directory) => {
    const [large, second, small] = ["large", "second", "small"]
      .map((name) => `${directory}/${name}`);
    if (large === undefined || second === undefined || small === undefined) return [];
    await Deno.writeTextFile(small, "berth");
    await writeRandom(large, quick ? QUICK_FILE_MEBIBYTES : FILE_MEBIBYTES);
    await Deno.copyFile(large, second);
    const measured: MeasuredFigure[] = [];
    for (const { name, contenders, expected } of contests(large, second, small, !quick)) {
      console.error(`digest: ${name}`);
      const samples = await measure(contenders, stop);
      measured.push({ name, unit: "s", lessIsBetter: true, expected, samples, bounded: [] });
    }
    return measured;
  });
  return {
    figures,
    tables: [figureTable("Digests", figures)],
    notes: [
      `Medians of ${ROUNDS} rounds, in which the contenders take turns; each starts a process and reads from the ` +
      `cache of the system.`,
    ],
    failures: [],
    data: {},
  };
}

function contests(
  large: string,
  second: string,
  small: string,
  isFull: boolean,
): readonly Contest[] {
  const size = isFull ? "1 GiB" : `${QUICK_FILE_MEBIBYTES} MiB`;
  const berth = (...files: string[]): readonly string[] => {
    const { command, args } = berthCommand(["digest", ...files]);
    return [command, ...args];
  };
  const others = (...files: string[]): Contender[] =>
    [["openssl", "dgst", "-sha256", ...files], ["sha256sum", ...files]]
      .filter(([program = ""]) => findProgram(program) !== null)
      .map((command) => ({ name: command[0] ?? "", commands: [command] }));
  const piped = (command: readonly string[]): readonly string[] => [
    "sh",
    "-c",
    'file=$1; shift; cat "$file" | "$@"',
    "sh",
    large,
    ...command,
  ];
  const together = one("berth digest", berth(large, second));
  const inTurn = "berth digest, one after the other";
  const oneCore = ["taskset", "--cpu-list", "0", ...berth(large, second)];
  return [
    {
      name: "a file of 5 bytes",
      contenders: [...others(small), one("berth digest", berth(small))],
      expected: [],
    },
    {
      name: `a file of ${size}`,
      contenders: [...others(large), one("berth digest", berth(large))],
      expected: [{ rival: "openssl", ratio: 1 }, { rival: "sha256sum", ratio: 3 }],
    },
    {
      name: `${size} through a pipe`,
      contenders: [...others(), one("berth digest", berth())].map(({ name, commands }) => ({
        name,
        commands: commands.map(piped),
      })),
      expected: [],
    },
    {
      name: `two files of ${size}`,
      contenders: [
        ...others(large, second),
        { name: inTurn, commands: [berth(large), berth(second)] },
        ...findProgram("taskset") === null ? [] : [one("taskset, berth digest", oneCore)],
        together,
      ],
      expected: [{ rival: inTurn, ratio: 1.7 }],
    },
  ];
}

function one(name: string, command: readonly string[]): Contender {
  return { name, commands: [command] };
}

/** The seconds of every round, by contender. */
async function measure(
  contenders: readonly Contender[],
  stop: AbortSignal,
): Promise<Readonly<Record<string, readonly number[]>>> {
  const seconds: Record<string, number[]> = {};
  for (let round = 0; round < ROUNDS; round++) {
    for (const { name, commands } of contenders) {
      stop.throwIfAborted();
      const start = performance.now();
      for (const [program = "", ...args] of commands) await runCommand(program, args);
      (seconds[name] ??= []).push((performance.now() - start) / 1000);
    }
  }
  return seconds;
}

async function writeRandom(path: string, mebibytes: number): Promise<void> {
  using file = await Deno.open(path, { write: true, createNew: true });
  const block = new Uint8Array(MEBIBYTE);
  for (let start = 0; start < block.length; start += 65_536) {
    crypto.getRandomValues(block.subarray(start, start + 65_536));
  }
  for (let index = 0; index < mebibytes; index++) {
    // The same block again and again would do for hashing; its number keeps a clever disk from saving space.
    new DataView(block.buffer).setUint32(0, index);
    for (let done = 0; done < block.length;) done += await file.write(block.subarray(done));
  }
}
