/**
 * A whole collection: the plan, carried out or only told.
 *
 * @module
 */

import { GC_PAUSE_IDLE_MS, GC_PAUSE_MS, GC_REMOVALS_PARALLEL } from "../storage/limits.ts";
import type { Store } from "../storage/store.ts";
import type { Alone } from "./mark.ts";
import { type Plan, planCollection, type PlanOptions, type Spared } from "./plan.ts";
import {
  type CollectObserver,
  type Problem,
  type Removal,
  REMOVAL_KINDS,
  type RemovalKind,
} from "./removal.ts";
import { sweep } from "./sweep.ts";

/** What a collection is asked to do. */
export interface CollectOptions extends Omit<PlanOptions, "startedMs" | "alone"> {
  /** Tells what would go, and touches nothing. */
  readonly isDryRun: boolean;
  /** Waits for another collection of this store to end, instead of leaving. */
  readonly isPatient: boolean;
  /** A clock that never goes back. */
  readonly nowMs: () => number;
  /** How many things are removed at a time; {@linkcode GC_REMOVALS_PARALLEL} unless given. */
  readonly parallel?: number;
  /**
   * Waits between two batches of removals, so that waiting commits go first, and told whether there were any before;
   * some milliseconds unless given.
   */
  readonly pause?: (isBusy: boolean) => Promise<void>;
}

/** Told of what happens in a collection. */
export interface CollectListener extends CollectObserver {
  /** Something was removed, would be, or was spared because somebody relied on it meanwhile. */
  removal?(removal: Removal, fate: RemovalFate): void;
}

export type RemovalFate = "removed" | "planned" | "spared";

/** How much of one kind was removed, or would be. */
export interface RemovalTotal {
  count: number;
  bytes: number;
}

/** What a collection came to. */
export interface CollectTotals {
  readonly removed: Readonly<Record<RemovalKind, RemovalTotal>>;
  readonly blobsMarked: number;
  readonly spared: number;
  readonly problems: readonly Problem[];
}

/** Collects a store; `null` when another collection is under way and this one is not to wait. */
export async function collect(
  store: Store,
  options: CollectOptions,
  listener: CollectListener = {},
): Promise<CollectTotals | null> {
  if (options.isDryRun) return await carryOut(store, options, listener);
  return await store.gate.collecting(
    options.isPatient,
    () => carryOut(store, options, listener),
  );
}

async function carryOut(
  store: Store,
  options: CollectOptions,
  listener: CollectListener,
): Promise<CollectTotals> {
  const problems: Problem[] = [];
  const observer: CollectObserver = {
    ...listener,
    problem: (problem) => {
      problems.push(problem);
      listener.problem?.(problem);
    },
  };
  const startedMs = options.isDryRun ? Date.now() : await beginMs(store);
  const alone: Alone = (look) => options.isDryRun ? look() : store.gate.exclusive(look);
  const plan = planCollection(store, { ...options, startedMs, alone }, observer);
  const act = options.isDryRun
    ? (): Promise<Spared> => Promise.resolve(new Set<Removal>())
    : (step: readonly Removal[]): Promise<Spared> =>
      sweep(store, step, {
        youngSinceMs: startedMs - options.minAgeMs,
        uploadsYoungSinceMs: startedMs - options.uploadAgeMs,
        nowMs: options.nowMs,
        parallel: options.parallel ?? GC_REMOVALS_PARALLEL,
        pause: options.pause ?? pause,
      });
  return { ...await tally(plan, act, options.isDryRun, listener), problems };
}

/**
 * When a collection begins, by the clock of the store. A commit that was under way may have touched what it relies on
 * before this moment, and have left no link yet that marking would see: it ends first. So what the links do not show is
 * younger than the collection.
 */
function beginMs({ gate }: Store): Promise<number> {
  return gate.exclusive(() => gate.storeNowMs());
}

function pause(isBusy: boolean): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, isBusy ? GC_PAUSE_MS : GC_PAUSE_IDLE_MS));
}

async function tally(
  plan: Plan,
  act: (step: readonly Removal[]) => Promise<Spared>,
  isDryRun: boolean,
  listener: CollectListener,
): Promise<Omit<CollectTotals, "problems">> {
  const removed = noTotals();
  let spared = 0;
  let next = await plan.next(new Set());
  while (!next.done) {
    const sparedNow = await act(next.value);
    for (const removal of next.value) {
      const isSpared = sparedNow.has(removal);
      listener.removal?.(removal, isSpared ? "spared" : isDryRun ? "planned" : "removed");
      if (isSpared) spared++;
      else addTo(removed[removal.kind], removal);
    }
    next = await plan.next(sparedNow);
  }
  return { removed, spared, blobsMarked: next.value.blobsMarked };
}

function noTotals(): Record<RemovalKind, RemovalTotal> {
  const entries = REMOVAL_KINDS.map((kind): [RemovalKind, RemovalTotal] => [
    kind,
    { count: 0, bytes: 0 },
  ]);
  return Object.fromEntries(entries) as Record<RemovalKind, RemovalTotal>;
}

function addTo(total: RemovalTotal, { bytes }: Removal): void {
  total.count++;
  total.bytes += bytes;
}

/** Bytes that all kinds together gave back. */
export function bytesFreed({ removed }: CollectTotals): number {
  return REMOVAL_KINDS.reduce((bytes, kind) => bytes + removed[kind].bytes, 0);
}
