/**
 * The section of growth: how the time and the memory of a collection grow with the store.
 *
 * @module
 */

import { withTempDir } from "../harness.ts";
import { figureTable, formatCount, type MeasuredFigure } from "./figure.ts";
import { GC_QUICK_REPOSITORY, GC_REPOSITORY, GcBench, type GcRun, runBerth } from "./gc_runs.ts";
import { countsOf, type StoreShape } from "./gc_store.ts";
import type { BenchOptions } from "./options.ts";
import type { SectionReport } from "./section.ts";
import type { Table } from "./table.ts";

/** Repositories that come to 10,000 blobs, to 100,000 and to a million. */
const GROWN: readonly StoreShape[] = [14, 143, 1_429]
  .map((repositories) => ({ repositories, ...GC_REPOSITORY }));

const QUICK: readonly StoreShape[] = [1, 2]
  .map((repositories) => ({ repositories, ...GC_QUICK_REPOSITORY }));

/** Most memory that collecting a million blobs is expected to take, in MiB. */
const MILLION_MIB_EXPECTED = 400;

const BYTES_PER_MIB = 1_024 * 1_024;
const MS_PER_SECOND = 1_000;

const NOTES =
  "Each store is ten times the one before, and half of its manifests go with their blobs.";

/** A store that was collected. */
interface Grown {
  readonly shape: StoreShape;
  readonly run: GcRun;
}

/** Collects growing stores with berth. A million blobs, which take minutes to write, only when there is all the time. */
export async function runGrowthSection(
  { quick, full }: BenchOptions,
  stop: AbortSignal,
): Promise<SectionReport> {
  const shapes = quick ? QUICK : GROWN.slice(0, full ? GROWN.length : -1);
  return await withTempDir("bench_growth", async (directory) => {
    const bench = new GcBench(directory, stop);
    const grown: Grown[] = [];
    for (const shape of shapes) grown.push({ shape, run: await bench.run(shape, runBerth) });
    const figures = grown.flatMap(memoryFigure);
    return {
      figures,
      tables: [
        ...figures.length === 0 ? [] : [figureTable("Memory of collection", figures)],
        growthTable(grown),
      ],
      notes: [NOTES],
      failures: [],
      data: { grown: grown.map(({ shape, run }) => ({ ...countsOf(shape), ...run })) },
    };
  });
}

/** The peak of the run on the largest store, of which something is expected. */
function memoryFigure({ shape, run: { peakBytes } }: Grown): readonly MeasuredFigure[] {
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

function growthTable(grown: readonly Grown[]): Table {
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
