/**
 * The section of the executable: what it takes to start and to stay, beside one that only says hello.
 *
 * @module
 */

import { buildingDeno, compileProgram } from "../../deploy/build/compile_program.ts";
import { BERTH_BINARY, startBerth, withTempDir } from "../harness.ts";
import { residentBytes } from "../load/memory.ts";
import { figureTable, type MeasuredFigure } from "./figure.ts";
import { median } from "./measure.ts";
import type { BenchOptions } from "./options.ts";
import { runCommand } from "./run_command.ts";
import type { SectionReport } from "./section.ts";

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

/** Measures the executable; without one, that is all that is said. */
export async function runStartupSection(
  { quick }: BenchOptions,
  stop: AbortSignal,
): Promise<SectionReport> {
  if (BERTH_BINARY === null) {
    const note = "Start-up of the executable was not measured: BERTH_BINARY=dist/berth says " +
      "which, and `deno task compile` makes it.";
    return { figures: [], tables: [], notes: [note], failures: [], data: {} };
  }
  const rounds = quick ? ROUNDS_QUICK : ROUNDS;
  const berth = BERTH_BINARY;
  const figures = await withTempDir(
    "startup",
    (directory) => measureStartup(directory, berth, rounds, stop),
  );
  return {
    figures,
    tables: [figureTable("The executable", figures)],
    notes: [
      `Medians of ${rounds} rounds, in which the programs take turns. Beside ${HELLO}, which is compiled as berth is, ` +
      `berth may take ${BOUNDS.startRatio} times as long to start, and be ${BOUNDS.sizeRatio} times as large.`,
    ],
    failures: [],
    data: {},
  };
}

/** The program that berth is compared with. */
const HELLO = "a program that says hello";

async function measureStartup(
  directory: string,
  berth: string,
  rounds: number,
  stop: AbortSignal,
): Promise<readonly MeasuredFigure[]> {
  const hello = await compileHello(directory);
  const empty = `${directory}/empty`;
  await Deno.writeTextFile(empty, "");
  const commands: readonly (readonly string[])[] = [
    ["--version"],
    ["digest", empty],
    ["--help"],
    ["gc", "--help"],
  ];
  const hellos: number[] = [];
  const answers: number[] = [];
  const starts = commands.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    stop.throwIfAborted();
    hellos.push(await milliseconds(() => runCommand(hello, [])));
    for (const [index, args] of commands.entries()) {
      starts[index]?.push(await milliseconds(() => runCommand(berth, args)));
    }
    answers.push(await firstAnswer(directory));
  }
  const started = commands.map((args, index) => {
    const name = `berth ${args.join(" ").replace(empty, "of an empty file")}`;
    const atMost = Number((median(hellos) * BOUNDS.startRatio).toFixed(1));
    return figure(name, "ms", atMost, { berth: starts[index] ?? [], [HELLO]: hellos });
  });
  const [size, helloSize] = [berth, hello].map((path) => Deno.statSync(path).size / MEBIBYTE);
  if (size === undefined || helloSize === undefined) throw new Error("There are two programs");
  const sizeMax = Number((helloSize * BOUNDS.sizeRatio).toFixed(1));
  const idle = await idleBytes(directory) / MEBIBYTE;
  return [
    ...started,
    figure("first answer of the server", "ms", BOUNDS.firstAnswerMs, { berth: answers }),
    figure("size", "MiB", sizeMax, { berth: [size], [HELLO]: [helloSize] }),
    figure(`memory when idle, ${WORKERS} workers`, "MiB", BOUNDS.idleBytes / MEBIBYTE, {
      berth: [idle],
    }),
  ];
}

function figure(
  name: string,
  unit: string,
  atMost: number,
  samples: MeasuredFigure["samples"],
): MeasuredFigure {
  return { name, unit, lessIsBetter: true, expected: [{ atMost }], samples, bounded: [] };
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
    return await residentBytes(server.pid);
  } finally {
    await server.stop();
  }
}
