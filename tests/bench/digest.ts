/**
 * Measures `berth digest` beside `sha256sum` and `openssl dgst`: `deno run -A tests/bench/digest.ts [--quick]`.
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import { berthCommand, findProgram, withTempDir } from "../harness.ts";
import { median } from "./measure.ts";
import { runCommand } from "./run_command.ts";

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

/** Contenders for the same work; ratios are to the first of them. */
interface Contest {
  readonly name: string;
  readonly contenders: readonly Contender[];
}

/** Measures and prints a table: for each contest the medians of five rounds in seconds, and the ratios. */
export async function benchDigest(isQuick: boolean): Promise<void> {
  await withTempDir("bench_digest", async (directory) => {
    const [large, second, small] = ["large", "second", "small"].map((name) =>
      `${directory}/${name}`
    );
    if (large === undefined || second === undefined || small === undefined) return;
    await Deno.writeTextFile(small, "berth");
    await writeRandom(large, isQuick ? QUICK_FILE_MEBIBYTES : FILE_MEBIBYTES);
    await Deno.copyFile(large, second);
    for (const contest of contests(large, second, small)) {
      const seconds = await measure(contest.contenders);
      console.log(contest.name);
      for (const [index, { name }] of contest.contenders.entries()) {
        const [first = [], own = []] = [seconds[0], seconds[index]];
        const ratio = `${(median(first) / median(own)).toFixed(2)}x`;
        console.log(`  ${name.padEnd(36)} ${median(own).toFixed(3)} s  ${ratio.padStart(8)}`);
      }
    }
    console.log(
      `Medians of ${ROUNDS} rounds, in which the contenders take turns; each starts a process and reads from the ` +
        `cache of the system. ${navigator.hardwareConcurrency} processors.`,
    );
  });
}

function contests(large: string, second: string, small: string): readonly Contest[] {
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
  const together = { name: "berth, both at once", commands: [berth(large, second)] };
  const oneCore = ["taskset", "--cpu-list", "0", ...berth(large, second)];
  return [
    { name: "A small file", contenders: [...others(small), one("berth", berth(small))] },
    { name: "A large file", contenders: [...others(large), one("berth", berth(large))] },
    {
      name: "A large file through a pipe",
      contenders: [...others(), one("berth", berth())].map(({ name, commands }) => ({
        name,
        commands: commands.map(piped),
      })),
    },
    {
      name: "Two large files, beside one run after the other",
      contenders: [
        { name: "berth, one run after the other", commands: [berth(large), berth(second)] },
        together,
      ],
    },
    ...findProgram("taskset") === null ? [] : [{
      name: "Two large files, beside one core",
      contenders: [one("berth, on one core", oneCore), together],
    }],
  ];
}

function one(name: string, command: readonly string[]): Contender {
  return { name, commands: [command] };
}

/** The seconds of every round, by contender. */
async function measure(contenders: readonly Contender[]): Promise<readonly number[][]> {
  const seconds: number[][] = contenders.map(() => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, { commands }] of contenders.entries()) {
      const start = performance.now();
      for (const [program = "", ...args] of commands) await runCommand(program, args);
      seconds[index]?.push((performance.now() - start) / 1000);
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

if (import.meta.main) {
  await benchDigest(parseArgs(Deno.args, { boolean: ["quick"] })["quick"] === true);
}
