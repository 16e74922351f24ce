/**
 * Carries out a step of a plan: looks at each thing again, and removes it if nobody relied on it since.
 *
 * @module
 */

import type { Digest } from "../storage/digest.ts";
import { GC_HOLD_MS } from "../storage/limits.ts";
import type { RepositoryName } from "../storage/names.ts";
import type { Store } from "../storage/store.ts";
import type { PlanStep, Spared } from "./plan.ts";
import type { Removal, RemovalKind } from "./removal.ts";

/** What a sweep goes by. */
export interface SweepOptions {
  /** What was touched since this time stays, by the clock of the store. */
  readonly youngSinceMs: number;
  readonly uploadsYoungSinceMs: number;
  /** A clock that never goes back. */
  readonly nowMs: () => number;
  /** How many things are removed at a time. */
  readonly parallel: number;
  /** Lets waiting commits go first; told whether there were any before. */
  readonly pause: (isBusy: boolean) => Promise<void>;
}

/**
 * Removes what a step names, in batches under the gate: each is looked at and removed while no commit is under way.
 * Returns what was spared.
 */
export async function sweep(store: Store, step: PlanStep, options: SweepOptions): Promise<Spared> {
  const spared = new Set<Removal>();
  const queue: Queue = { removals: spread(step, options.parallel), next: 0 };
  while (queue.next < queue.removals.length) {
    const isBusy = await store.gate.exclusive(async (isBusy) => {
      await removeSome(store, queue, spared, options);
      return isBusy;
    });
    if (queue.next < queue.removals.length) await options.pause(isBusy);
  }
  return spared;
}

interface Queue {
  readonly removals: PlanStep;
  next: number;
}

/**
 * Orders a step so that what is removed at a time comes from all over it: neighbours share a directory, out of which a
 * file system takes one entry at a time.
 */
function spread(step: PlanStep, parallel: number): PlanStep {
  const stretch = Math.ceil(step.length / parallel);
  const order: Removal[] = [];
  for (let first = 0; first < stretch; first++) {
    for (let index = first; index < step.length; index += stretch) {
      const removal = step[index];
      if (removal !== undefined) order.push(removal);
    }
  }
  return order;
}

/**
 * Removes several things at a time, since a disk takes its time over each, for as long as the gate may be held. When it
 * throws, nothing is under way any more.
 */
async function removeSome(
  store: Store,
  queue: Queue,
  spared: Set<Removal>,
  options: SweepOptions,
): Promise<void> {
  const endMs = options.nowMs() + GC_HOLD_MS;
  const removeNext = async (): Promise<void> => {
    do {
      const removal = queue.removals[queue.next++];
      if (removal === undefined) return;
      if (!await removeUnlessYoung(store, removal, options)) spared.add(removal);
    } while (options.nowMs() < endMs);
  };
  const lanes = Array.from({ length: options.parallel }, removeNext);
  for (const outcome of await Promise.allSettled(lanes)) {
    if (outcome.status === "rejected") throw outcome.reason;
  }
}

type Remover<Kind extends RemovalKind> = (
  store: Store,
  removal: Extract<Removal, { kind: Kind }>,
  options: SweepOptions,
) => Promise<boolean>;

/** How each kind is removed; the result is false when it is spared. */
const REMOVERS: { readonly [Kind in RemovalKind]: Remover<Kind> } = {
  tag: async ({ tags }, { name, tag, digest }, { youngSinceMs }) => {
    const entry = await tags.entry(name, tag);
    if (entry.digest !== digest || entry.modifiedMs >= youngSinceMs) return false;
    await tags.removeFound(name, tag);
    return true;
  },
  manifest: async (store, { name, digest, subject, tags }, { youngSinceMs }) => {
    const { manifests } = store;
    if (await isYoung(store, name, digest, youngSinceMs)) return false;
    // A referrer stays as long as somebody may still want what it refers to.
    if (subject !== null && await isYoung(store, name, subject, youngSinceMs)) return false;
    for (const tag of tags) await store.tags.forget(name, tag, digest);
    await manifests.removeRevision(name, digest, subject);
    return true;
  },
  layer: async ({ blobs }, { name, digest }, { youngSinceMs }) => {
    // Touching the bytes is how a commit says that it relies on the link.
    if (await blobs.usedMs(name, digest) >= youngSinceMs) return false;
    await blobs.unlink(name, digest);
    return true;
  },
  upload: async ({ uploads }, { name, id }, { uploadsYoungSinceMs }) => {
    const usedMs = await uploads.usedMs(name, id);
    if (usedMs !== null && usedMs >= uploadsYoungSinceMs) return false;
    await uploads.cancel(name, id);
    return true;
  },
  directory: async ({ blobs, manifests }, { name, of, digest }) => {
    // It goes only if it is empty still.
    if (of === "layer") await blobs.pruneLink(name, digest);
    else await manifests.pruneRevision(name, digest);
    return true;
  },
  repository: async ({ repositories }, { name }) => {
    await repositories.prune(name);
    return !await repositories.hasSkeleton(name);
  },
  staged: async ({ staging }, { file }) => {
    await staging.remove(file);
    return true;
  },
  blob: async ({ blobs }, { digest }, { youngSinceMs }) => {
    const blob = await blobs.statContent(digest);
    if (blob !== null && blob.modifiedMs >= youngSinceMs) return false;
    await blobs.removeContent(digest);
    return true;
  },
};

function removeUnlessYoung(
  store: Store,
  removal: Removal,
  options: SweepOptions,
): Promise<boolean> {
  // The table is keyed by the kind of the removal, which the compiler cannot follow.
  const remover = REMOVERS[removal.kind] as Remover<RemovalKind>;
  return remover(store, removal, options);
}

async function isYoung(
  { manifests }: Store,
  name: RepositoryName,
  digest: Digest,
  youngSinceMs: number,
): Promise<boolean> {
  const revision = await manifests.statRevision(name, digest);
  return revision !== null && revision.modifiedMs >= youngSinceMs;
}
