/**
 * The section of collection: against Debian's `docker-registry` on copies of one store, and beside pushes.
 *
 * @module
 */

import { findProgram, withTempDir } from "../harness.ts";
import { figureTable, formatCount, type MeasuredFigure } from "./figure.ts";
import { FLOOR_NAME, runFloor } from "./gc_floor.ts";
import { measurePushes, pushTable } from "./gc_push.ts";
import {
  GC_QUICK_REPOSITORY,
  GC_REPOSITORY,
  GcBench,
  runBerth,
  runDistribution,
} from "./gc_runs.ts";
import { countsOf, type StoreShape } from "./gc_store.ts";
import { median } from "./measure.ts";
import type { BenchOptions } from "./options.ts";
import type { SectionReport } from "./section.ts";
import { REFERENCE_NAME } from "./servers.ts";

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
}

/** A few repositories that images are built into every day: 70,000 blobs and 11,000 manifests, half of them tagged. */
const BUSY = { repositories: 10, manifests: 1_100, layers: 4, orphans: 399 } as const;

/** As many blobs and manifests, in many repositories. */
const FLAT = { repositories: 100, ...GC_REPOSITORY } as const;

const FULL: BenchSize = {
  rounds: 5,
  compared: [{ name: "ten busy repositories", shape: BUSY }, {
    name: "a hundred repositories",
    shape: FLAT,
  }],
  pushed: BUSY,
  pushedMs: 5_000,
};

const QUICK: BenchSize = {
  rounds: 2,
  compared: [{
    name: "two repositories",
    shape: { repositories: 2, ...GC_QUICK_REPOSITORY },
  }],
  pushed: { repositories: 2, ...GC_QUICK_REPOSITORY },
  pushedMs: 500,
};

/** For how long rounds are begun on one store, unless all are to be run. */
const ROUNDS_MS_MAX = 90_000;

/** How many times as fast as docker-registry berth is expected to be. */
const RATIO_EXPECTED = 10;

/** How many times as long as berth docker-registry may take, unless it is let come to its end. */
const BOUND_RATIO = 12;

const MS_PER_SECOND = 1_000;

/** Collects stores of the same bytes with both programs, then one with berth that is pushed to. */
export async function runGcSection(
  options: BenchOptions,
  stop: AbortSignal,
): Promise<SectionReport> {
  const size = options.quick ? QUICK : FULL;
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
    return {
      figures,
      tables: [
        figureTable("Collection", figures, [FLOOR_NAME]),
        pushTable(pushes),
      ],
      notes: [notesOf(size, options.full)],
      failures: [],
      data: { pushes },
    };
  });
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

function notesOf({ rounds }: BenchSize, isUnbounded: boolean): string {
  const runs = isUnbounded ? rounds : `up to ${rounds}`;
  const bound = isUnbounded ? "" : ` and for ${BOUND_RATIO} times as long as berth at most`;
  return `Collection removes half of the manifests with their blobs. Each run has a store of its own, written a moment ago ` +
    `and after \`sync\`; berth's figure is the median of ${runs}, docker-registry runs once${bound}. Both have to remove the same ` +
    `number of blobs and manifests. Start-up is included. The ceiling is what the disk takes: every manifest is read, and ` +
    "the dead files are removed with their directories, 64 at a time, by a program that knows them. The last table is of " +
    "images of two small blobs, pushed one after the other to one server.";
}
