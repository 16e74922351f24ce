/**
 * Measures what the executable takes to start and to stay, beside one that only says hello:
 * `BERTH_BINARY=dist/berth deno run --allow-all tests/bench/startup.ts [--quick]`.
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import { buildingDeno, compileProgram } from "../../deploy/build/compile_program.ts";
import { BERTH_BINARY, startBerth, withTempDir } from "../harness.ts";
import { median } from "./measure.ts";
import { runCommand } from "./run_command.ts";

const ROUNDS = 31;
const ROUNDS_QUICK = 3;

/** How long a server is left alone before its memory is read, in milliseconds. */
const IDLE_MS = 3_000;

/** Workers of the server that is measured. */
const WORKERS = 2;

const MEBIBYTE = 1024 * 1024;

/** What the figures may be at the most. */
export const BOUNDS = {
  /** Starting, beside the program that says hello. */
  startRatio: 1.5,
  /** From the start of a server to its first answer. */
  firstAnswerMs: 300,
  /** The size of the file, beside that of the program that says hello. */
  sizeRatio: 1.15,
  /** Resident memory of a server that nobody talks to. */
  idleBytes: 110 * MEBIBYTE,
} as const;

/** Compiles a program that only says hello, as berth is compiled, and returns its path. */
export async function compileHello(directory: string): Promise<string> {
  await Deno.writeTextFile(`${directory}/hello.js`, 'console.log("hello");\n');
  const bundle = { directory, main: "hello.js", workers: [], packages: [] };
  await compileProgram(buildingDeno(), bundle, null, `${directory}/hello`);
  return `${directory}/hello`;
}

/** Resident memory of a process in bytes, as Linux counts it. */
export function residentBytes(pid: number): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

async function benchStartup(berth: string, rounds: number): Promise<void> {
  await withTempDir("startup", async (directory) => {
    const hello = await compileHello(directory);
    const empty = `${directory}/empty`;
    await Deno.writeTextFile(empty, "");
    const commands = new Map<string, () => Promise<unknown>>([
      ["hello", () => runCommand(hello, [])],
      ["berth --version", () => runCommand(berth, ["--version"])],
      ["berth digest, an empty file", () => runCommand(berth, ["digest", empty])],
      ["berth --help", () => runCommand(berth, ["--help"])],
      ["berth gc --help", () => runCommand(berth, ["gc", "--help"])],
    ]);
    const samples = new Map([...commands.keys()].map((name) => [name, [] as number[]]));
    const answers: number[] = [];
    for (let round = 0; round < rounds; round++) {
      for (const [name, command] of commands) samples.get(name)?.push(await milliseconds(command));
      answers.push(await firstAnswer(directory));
    }
    const hellos = median(samples.get("hello") ?? []);
    console.log(`Medians of ${rounds} rounds, in which the programs take turns.`);
    for (const [name, times] of samples) {
      const ratio = `${(median(times) / hellos).toFixed(2)}x, at most ${BOUNDS.startRatio}x`;
      print(name, `${median(times).toFixed(1)} ms`, name === "hello" ? "" : ratio);
    }
    print("first answer", `${median(answers).toFixed(0)} ms`, `at most ${BOUNDS.firstAnswerMs} ms`);
    const [size, helloSize] = [Deno.statSync(berth).size, Deno.statSync(hello).size];
    const sizeRatio = `${(size / helloSize).toFixed(3)}x, at most ${BOUNDS.sizeRatio}x`;
    print("size", mebibytes(size), sizeRatio);
    const idle = await idleBytes(directory);
    print(`idle, ${WORKERS} workers`, mebibytes(idle), `at most ${mebibytes(BOUNDS.idleBytes)}`);
  });
}

function print(name: string, value: string, bound: string): void {
  console.log(`${name.padEnd(30)}${value.padStart(12)}  ${bound}`.trimEnd());
}

function mebibytes(bytes: number): string {
  return `${(bytes / MEBIBYTE).toFixed(1)} MiB`;
}

async function milliseconds(action: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await action();
  return performance.now() - startMs;
}

async function firstAnswer(directory: string): Promise<number> {
  const startMs = performance.now();
  const server = await startBerth({
    root: `${directory}/store`,
    args: ["--workers", `${WORKERS}`],
  });
  try {
    const response = await fetch(`${server.url}/v2/`);
    await response.body?.cancel();
    return performance.now() - startMs;
  } finally {
    await server.stop();
  }
}

/** Resident memory of a server that was left alone for some seconds. */
export async function idleBytes(directory: string): Promise<number> {
  const server = await startBerth({
    root: `${directory}/store`,
    args: ["--workers", `${WORKERS}`],
  });
  try {
    await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
    return residentBytes(server.pid);
  } finally {
    await server.stop();
  }
}

if (import.meta.main) {
  const { quick } = parseArgs(Deno.args, { boolean: ["quick"] });
  if (BERTH_BINARY === null) {
    console.error("Say what to measure: BERTH_BINARY=dist/berth, which deno task compile makes");
    Deno.exit(2);
  }
  await benchStartup(BERTH_BINARY, quick === true ? ROUNDS_QUICK : ROUNDS);
}
