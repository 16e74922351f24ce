/**
 * Runs of collection, by berth and by Debian's `docker-registry`.
 *
 * @module
 */

import { berthCommand, sendSignal } from "../harness.ts";
import { peakResidentBytes } from "../load/memory.ts";
import { formatCount } from "./figure.ts";
import {
  countsOf,
  type StoreCounts,
  type StoreShape,
  writeStore,
  type WrittenStore,
} from "./gc_store.ts";
import { settle } from "./run_command.ts";
import { REFERENCE_NAME } from "./servers.ts";

/** 700 blobs: 110 manifests of a config and four layers each, a layer that all share, and 39 that nobody needs. */
export const GC_REPOSITORY = { manifests: 110, layers: 4, orphans: 39 } as const;

/** The smallest store that has all of it. */
export const GC_QUICK_REPOSITORY = { manifests: 10, layers: 2, orphans: 3 } as const;

/** How often the memory of a program is looked at; the system keeps its peak. */
const MEMORY_LOOK_MS = 20;

/** One run of one program over one store. */
export interface GcRun {
  readonly elapsedMs: number;
  /** Most memory that was resident at once; 0 where the system does not say. */
  readonly peakBytes: number;
  /** Whether it was ended before it was done. */
  readonly isBound: boolean;
}

/** Collects a store. */
export type Collect<T> = (root: string, counts: StoreCounts, store: WrittenStore) => Promise<T>;

/** Runs of collection, each on a store of its own. */
export class GcBench {
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

/** Collects with berth; throws when it did not remove what had to go. */
export async function runBerth(root: string, counts: StoreCounts): Promise<GcRun> {
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

/** Collects with distribution, for so long at most. */
export async function runDistribution(
  root: string,
  counts: StoreCounts,
  msMax: number,
): Promise<GcRun> {
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
): Promise<{ readonly run: GcRun; readonly stdout: string }> {
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
