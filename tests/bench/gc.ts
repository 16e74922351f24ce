/**
 * Measures collection: against Debian's `docker-registry` on copies of one store, and at growing sizes.
 *
 *     deno run -A tests/bench/gc.ts [--quick]
 *
 * Prints a table, and as the last line the same figures as one JSON object.
 *
 * @module
 */

import { berthCommand, findProgram, sendSignal, withTempDir } from "../harness.ts";
import { countsOf, type StoreCounts, type StoreShape, writeStore } from "./gc_store.ts";

/** How much is measured. */
interface BenchSize {
  /** Collected by both programs. */
  readonly compared: StoreShape;
  /** Collected by berth, to see how time and memory grow. */
  readonly grown: readonly StoreShape[];
}

/** 700 blobs: 110 manifests of a config and four layers each, a layer that all share, and 39 that nobody needs. */
const REPOSITORY = { manifests: 110, layers: 4, orphans: 39 } as const;

/** A few repositories that images are built into every day: 70,000 blobs and 11,000 manifests, half of them tagged. */
const BUSY = { repositories: 10, manifests: 1_100, layers: 4, orphans: 399 } as const;

const FULL: BenchSize = {
  compared: BUSY,
  grown: [14, 143, 1_429].map((repositories) => ({ repositories, ...REPOSITORY })),
};

const QUICK: BenchSize = {
  compared: { repositories: 2, manifests: 10, layers: 2, orphans: 3 },
  grown: [1, 2].map((repositories) => ({ repositories, manifests: 10, layers: 2, orphans: 3 })),
};

/** Longest that distribution may take, which is then printed as a bound. */
const DISTRIBUTION_MS_MAX = 30 * 60 * 1_000;

/** How often the memory of a program is looked at; the system keeps its peak. */
const MEMORY_LOOK_MS = 50;

const BYTES_PER_KIB = 1_024;
const MS_PER_SECOND = 1_000;

/** One run of one program over one store. */
interface Run extends StoreCounts {
  readonly program: string;
  readonly elapsedMs: number;
  /** Most memory that was resident at once. */
  readonly peakBytes: number;
  /** Whether it was ended before it was done. */
  readonly isBound: boolean;
}

if (import.meta.main) {
  const size = Deno.args.includes("--quick") ? QUICK : FULL;
  const runs = await withTempDir("gc_bench", (directory) => measure(directory, size));
  for (const line of tableOf(runs)) console.log(line);
  console.log(JSON.stringify({ name: "gc", shape: size.compared, runs }));
}

async function measure(directory: string, { compared, grown }: BenchSize): Promise<Run[]> {
  const runs: Run[] = [];
  if (findProgram("docker-registry") === null) {
    console.error("docker-registry is not installed: nothing to compare with");
  } else {
    runs.push(await collectNew(directory, compared, runDistribution));
  }
  runs.push(await collectNew(directory, compared, runBerth));
  for (const shape of grown) runs.push(await collectNew(directory, shape, runBerth));
  return runs;
}

/** Writes a store, collects it, and removes what is left. */
async function collectNew(
  directory: string,
  shape: StoreShape,
  collect: (root: string, counts: StoreCounts) => Promise<Run>,
): Promise<Run> {
  const root = await Deno.makeTempDir({ dir: directory });
  const counts = countsOf(shape);
  console.error(`writing a store of ${counts.blobs.toLocaleString("en-US")} blobs`);
  writeStore(root, shape);
  const run = await collect(root, counts);
  console.error(`${run.program}: ${(run.elapsedMs / MS_PER_SECOND).toFixed(1)} s`);
  await Deno.remove(root, { recursive: true });
  return run;
}

async function runBerth(root: string, counts: StoreCounts): Promise<Run> {
  const { command, args } = berthCommand([
    "gc",
    "--root",
    root,
    "--delete-untagged",
    "--min-age",
    "0s",
    "--quiet",
    "--json",
  ]);
  const ended = await runMeasured(command, args, Infinity);
  const { removed } = JSON.parse(ended.stdout);
  assertRemoved("berth", removed.blob.count, counts.deadBlobs);
  assertRemoved("berth", removed.manifest.count, counts.deadManifests);
  return { program: "berth gc", ...counts, ...ended.figures };
}

async function runDistribution(root: string, counts: StoreCounts): Promise<Run> {
  const config = `${root}/config.yml`;
  const storage = { filesystem: { rootdirectory: root }, delete: { enabled: true } };
  const log = { level: "error" };
  await Deno.writeTextFile(config, JSON.stringify({ version: 0.1, log, storage }));
  const args = ["garbage-collect", "--delete-untagged", config];
  const { figures, stdout } = await runMeasured("docker-registry", args, DISTRIBUTION_MS_MAX);
  if (!figures.isBound) {
    const found = /(\d+) blobs and (\d+) manifests eligible/.exec(stdout);
    assertRemoved("docker-registry", Number(found?.[1]), counts.deadBlobs);
    assertRemoved("docker-registry", Number(found?.[2]), counts.deadManifests);
  }
  return { program: "docker-registry garbage-collect", ...counts, ...figures };
}

/** A figure of a program that did something else means nothing. */
function assertRemoved(program: string, actual: number, expected: number): void {
  if (actual === expected) return;
  throw new Error(`${program} removed ${actual}, not ${expected}: the runs cannot be compared`);
}

type Figures = Pick<Run, "elapsedMs" | "peakBytes" | "isBound">;

async function runMeasured(
  command: string,
  args: readonly string[],
  msMax: number,
): Promise<{ readonly figures: Figures; readonly stdout: string }> {
  const startedMs = performance.now();
  const child = new Deno.Command(command, {
    args: [...args],
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let peakBytes = peakOf(child.pid);
  let isBound = false;
  const timer = setInterval(() => {
    peakBytes = Math.max(peakBytes, peakOf(child.pid));
    if (performance.now() - startedMs < msMax || isBound) return;
    isBound = true;
    sendSignal(child, "SIGKILL");
  }, MEMORY_LOOK_MS);
  const { code, stdout } = await child.output();
  clearInterval(timer);
  if (code !== 0 && !isBound) throw new Error(`${command} ended with ${code}`);
  const elapsedMs = Math.round(performance.now() - startedMs);
  return { figures: { elapsedMs, peakBytes, isBound }, stdout: new TextDecoder().decode(stdout) };
}

/** The most memory that a process ever had resident; 0 when it has ended. */
function peakOf(pid: number): number {
  try {
    const found = /^VmHWM:\s*(\d+) kB$/m.exec(Deno.readTextFileSync(`/proc/${pid}/status`));
    return Number(found?.[1] ?? 0) * BYTES_PER_KIB;
  } catch {
    return 0;
  }
}

function tableOf(runs: readonly Run[]): readonly string[] {
  const header = ["program", "blobs", "manifests", "removed", "seconds", "us/blob", "peak MiB"];
  const rows = runs.map((run) => [
    run.program,
    String(run.blobs),
    String(run.manifests),
    String(run.deadBlobs + run.deadManifests),
    `${run.isBound ? ">" : ""}${(run.elapsedMs / MS_PER_SECOND).toFixed(2)}`,
    (run.elapsedMs * 1_000 / run.blobs).toFixed(1),
    (run.peakBytes / BYTES_PER_KIB / BYTES_PER_KIB).toFixed(0),
  ]);
  const lines = [header, ...rows];
  const widths = header.map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0))
  );
  return lines.map((line) =>
    line.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)
    ).join("  ")
  );
}
