/**
 * The section of collection: against Debian's `docker-registry` on copies of one store, and at growing sizes.
 *
 * @module
 */

import { berthCommand, findProgram, sendSignal, withTempDir } from "../harness.ts";
import { peakResidentBytes } from "../load/memory.ts";
import { figureTable, formatCount, type MeasuredFigure } from "./figure.ts";
import { FLOOR_NAME, runFloor } from "./gc_floor.ts";
import { measurePushes, pushTable } from "./gc_push.ts";
import {
  countsOf,
  type StoreCounts,
  type StoreShape,
  writeStore,
  type WrittenStore,
} from "./gc_store.ts";
import { median } from "./measure.ts";
import type { BenchOptions } from "./options.ts";
import { settle } from "./run_command.ts";
import type { SectionReport } from "./section.ts";
import { REFERENCE_NAME } from "./servers.ts";
import type { Table } from "./table.ts";

/** A store that both programs collect. */
interface Comparison {
  readonly name: string;
  readonly shape: StoreShape;
}

/** How much is measured. */
interface BenchSize {
  /** Times that berth collects each store, anew each time, if there is time. */
  readonly rounds: number;
  readonly compared: readonly Comparison[];
  /** Pushed to while it is collected. */
  readonly pushed: StoreShape;
  /** For how long it is pushed to before. */
  readonly pushedMs: number;
  /** Collected by berth, to see how time and memory grow. */
  readonly grown: readonly StoreShape[];
}

/** 700 blobs: 110 manifests of a config and four layers each, a layer that all share, and 39 that nobody needs. */
const REPOSITORY = { manifests: 110, layers: 4, orphans: 39 } as const;

/** A few repositories that images are built into every day: 70,000 blobs and 11,000 manifests, half of them tagged. */
const BUSY = { repositories: 10, manifests: 1_100, layers: 4, orphans: 399 } as const;

/** As many blobs and manifests, in many repositories. */
const FLAT = { repositories: 100, ...REPOSITORY } as const;

/** Repositories that come to 10,000 blobs, to 100,000 and to a million. */
const GROWN: readonly StoreShape[] = [14, 143, 1_429]
  .map((repositories) => ({ repositories, ...REPOSITORY }));

const FULL: BenchSize = {
  rounds: 5,
  compared: [{ name: "ten busy repositories", shape: BUSY }, {
    name: "a hundred repositories",
    shape: FLAT,
  }],
  pushed: BUSY,
  pushedMs: 5_000,
  grown: GROWN,
};

const QUICK: BenchSize = {
  rounds: 2,
  compared: [{
    name: "two repositories",
    shape: { repositories: 2, manifests: 10, layers: 2, orphans: 3 },
  }],
  pushed: { repositories: 2, manifests: 10, layers: 2, orphans: 3 },
  pushedMs: 500,
  grown: [1, 2].map((repositories) => ({ repositories, manifests: 10, layers: 2, orphans: 3 })),
};

/** For how long rounds are begun on one store, unless all are to be run. */
const ROUNDS_MS_MAX = 90_000;

/** How many times as fast as docker-registry berth is expected to be. */
const RATIO_EXPECTED = 10;

/** How many times as long as berth docker-registry may take, unless it is let come to its end. */
const BOUND_RATIO = 12;

/** Most memory that collecting a million blobs is expected to take, in MiB. */
const MILLION_MIB_EXPECTED = 400;

/** How often the memory of a program is looked at; the system keeps its peak. */
const MEMORY_LOOK_MS = 20;

const BYTES_PER_MIB = 1_024 * 1_024;
const MS_PER_SECOND = 1_000;

/** One run of one program over one store. */
interface Run {
  readonly elapsedMs: number;
  /** Most memory that was resident at once; 0 where the system does not say. */
  readonly peakBytes: number;
  /** Whether it was ended before it was done. */
  readonly isBound: boolean;
}

type Collect<T> = (root: string, counts: StoreCounts, store: WrittenStore) => Promise<T>;

/** Collects stores of the same bytes with both programs, then growing ones with berth. */
export async function runGcSection(
  options: BenchOptions,
  stop: AbortSignal,
): Promise<SectionReport> {
  const size = sizeFor(options);
  return await withTempDir("bench_gc", async (directory) => {
    const bench = new GcBench(directory, stop);
    const figures: MeasuredFigure[] = [];
    for (const comparison of size.compared) {
      figures.push(await compare(bench, comparison, size.rounds, options.full));
    }
    const pushes = await bench.run(
      size.pushed,
      (root, counts) => measurePushes(root, size.pushedMs, () => runBerth(root, counts)),
    );
    const grown: { readonly shape: StoreShape; readonly run: Run }[] = [];
    for (const shape of size.grown) grown.push({ shape, run: await bench.run(shape, runBerth) });
    figures.push(...grown.flatMap(({ shape, run }) => memoryFigure(shape, run)));
    return {
      figures,
      tables: [
        figureTable("Collection", figures, [FLOOR_NAME]),
        growthTable(grown),
        pushTable(pushes),
      ],
      notes: [notesOf(size, options.full)],
      failures: [],
      data: { pushes, grown: grown.map(({ shape, run }) => ({ ...countsOf(shape), ...run })) },
    };
  });
}

function sizeFor({ quick, full }: BenchOptions): BenchSize {
  if (quick) return QUICK;
  // A million blobs take minutes to write.
  return full ? FULL : { ...FULL, grown: FULL.grown.slice(0, -1) };
}

async function compare(
  bench: GcBench,
  { name, shape }: Comparison,
  rounds: number,
  isUnbounded: boolean,
): Promise<MeasuredFigure> {
  const own: number[] = [];
  // Stores take longer to write and to remove than to collect.
  const end = isUnbounded ? Infinity : performance.now() + ROUNDS_MS_MAX;
  while (own.length < rounds && (own.length === 0 || performance.now() < end)) {
    own.push((await bench.run(shape, runBerth)).elapsedMs / MS_PER_SECOND);
  }
  const { blobs, manifests } = countsOf(shape);
  const figure = {
    name: `gc -m of ${name}: ${formatCount(blobs)} blobs, ${formatCount(manifests)} manifests`,
    unit: "s",
    lessIsBetter: true,
    expected: [{ rival: REFERENCE_NAME, ratio: RATIO_EXPECTED }],
  } as const;
  const floorMs = await bench.run(shape, (root, _, store) => runFloor(root, store));
  const floor = { [FLOOR_NAME]: [floorMs / MS_PER_SECOND] };
  if (findProgram(REFERENCE_NAME) === null) {
    console.error(`${REFERENCE_NAME} is not installed: there is nothing to compare with.`);
    return { ...figure, samples: { "berth gc": own, ...floor }, bounded: [] };
  }
  const msMax = isUnbounded ? Infinity : median(own) * MS_PER_SECOND * BOUND_RATIO;
  const other = await bench.run(shape, (root, counts) => runDistribution(root, counts, msMax));
  return {
    ...figure,
    samples: {
      "berth gc": own,
      [REFERENCE_NAME]: [other.elapsedMs / MS_PER_SECOND],
      ...floor,
    },
    bounded: other.isBound ? [REFERENCE_NAME] : [],
  };
}

/** The peak of the run on the largest store, of which something is expected. */
function memoryFigure(shape: StoreShape, { peakBytes }: Run): readonly MeasuredFigure[] {
  if (shape !== GROWN.at(-1) || peakBytes === 0) return [];
  return [{
    name: `memory of gc -m, ${formatCount(countsOf(shape).blobs)} blobs`,
    unit: "MiB",
    lessIsBetter: true,
    expected: [{ atMost: MILLION_MIB_EXPECTED }],
    samples: { "berth gc": [peakBytes / BYTES_PER_MIB] },
    bounded: [],
  }];
}

function growthTable(grown: readonly { readonly shape: StoreShape; readonly run: Run }[]): Table {
  return {
    title: "Collection of growing stores by berth",
    textColumns: 0,
    head: ["blobs", "manifests", "removed", "seconds", "us/blob", "peak MiB"],
    rows: grown.map(({ shape, run: { elapsedMs, peakBytes } }) => {
      const { blobs, manifests, deadBlobs, deadManifests } = countsOf(shape);
      return [
        formatCount(blobs),
        formatCount(manifests),
        formatCount(deadBlobs + deadManifests),
        (elapsedMs / MS_PER_SECOND).toFixed(2),
        (elapsedMs * 1_000 / blobs).toFixed(1),
        peakBytes === 0 ? "-" : (peakBytes / BYTES_PER_MIB).toFixed(0),
      ];
    }),
  };
}

function notesOf({ rounds }: BenchSize, isUnbounded: boolean): string {
  const runs = isUnbounded ? rounds : `up to ${rounds}`;
  const bound = isUnbounded ? "" : ` and for ${BOUND_RATIO} times as long as berth at most`;
  return `Collection removes half of the manifests with their blobs. Each run has a store of its own, written a moment ago ` +
    `and after \`sync\`; berth's figure is the median of ${runs}, docker-registry runs once${bound}. Both have to remove the same ` +
    `number of blobs and manifests. Start-up is included. The ceiling is what the disk takes: every manifest is read, and ` +
    "the dead files are removed with their directories, 64 at a time, by a program that knows them. The last table is of " +
    "images of two small blobs, pushed one after the other to one server.";
}

/** Runs of collection, each on a store of its own. */
class GcBench {
  readonly #directory: string;
  readonly #stop: AbortSignal;

  constructor(directory: string, stop: AbortSignal) {
    this.#directory = directory;
    this.#stop = stop;
  }

  /** Writes a store, collects it, and removes what is left. */
  async run<T>(shape: StoreShape, collect: Collect<T>): Promise<T> {
    this.#stop.throwIfAborted();
    const root = await Deno.makeTempDir({ dir: this.#directory });
    const counts = countsOf(shape);
    console.error(`gc: writing a store of ${formatCount(counts.blobs)} blobs`);
    const store = writeStore(root, shape);
    await settle();
    const run = await collect(root, counts, store);
    await Deno.remove(root, { recursive: true });
    return run;
  }
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
  const { run, stdout } = await runMeasured(command, args, Infinity);
  const { removed } = JSON.parse(stdout);
  assertRemoved("berth", removed.blob.count, counts.deadBlobs);
  assertRemoved("berth", removed.manifest.count, counts.deadManifests);
  return run;
}

async function runDistribution(root: string, counts: StoreCounts, msMax: number): Promise<Run> {
  const config = `${root}/config.yml`;
  const storage = { filesystem: { rootdirectory: root }, delete: { enabled: true } };
  const log = { level: "error" };
  await Deno.writeTextFile(config, JSON.stringify({ version: 0.1, log, storage }));
  const args = ["garbage-collect", "--delete-untagged", config];
  const { run, stdout } = await runMeasured(REFERENCE_NAME, args, msMax);
  if (!run.isBound) {
    const found = /(\d+) blobs and (\d+) manifests eligible/.exec(stdout);
    assertRemoved(REFERENCE_NAME, Number(found?.[1]), counts.deadBlobs);
    assertRemoved(REFERENCE_NAME, Number(found?.[2]), counts.deadManifests);
  }
  return run;
}

/** A figure of a program that did something else means nothing. */
function assertRemoved(program: string, actual: number, expected: number): void {
  if (actual === expected) return;
  throw new Error(`${program} removed ${actual}, not ${expected}: the runs cannot be compared`);
}

async function runMeasured(
  command: string,
  args: readonly string[],
  msMax: number,
): Promise<{ readonly run: Run; readonly stdout: string }> {
  const startedMs = performance.now();
  const child = new Deno.Command(command, {
    args: [...args],
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let peakBytes = 0;
  let isBound = false;
  const timer = setInterval(() => {
    void peakResidentBytes(child.pid).then((bytes) => {
      peakBytes = Math.max(peakBytes, bytes);
    }, () => {
      // It has ended, or the system does not say.
    });
    if (performance.now() - startedMs < msMax || isBound) return;
    isBound = true;
    sendSignal(child, "SIGKILL");
  }, MEMORY_LOOK_MS);
  const { code, stdout } = await child.output();
  clearInterval(timer);
  if (code !== 0 && !isBound) throw new Error(`${command} ended with ${code}`);
  const elapsedMs = Math.round(performance.now() - startedMs);
  console.error(`gc: ${elapsedMs} ms`);
  return { run: { elapsedMs, peakBytes, isBound }, stdout: new TextDecoder().decode(stdout) };
}
