/**
 * Carries out repairs, each looked at again while nobody else writes.
 *
 * @module
 */

import { GC_HOLD_MS } from "../../storage/limits.ts";
import type { Store } from "../../storage/store.ts";
import type { Problem, Repair } from "./problem.ts";

/** A problem that can be repaired. */
export type Repairable = Problem & { readonly repair: Repair };

type Repairer<Kind extends Repair["kind"]> = (
  store: Store,
  repair: Extract<Repair, { kind: Kind }>,
) => Promise<boolean>;

/** How each repair is done; the result is false when there is nothing to repair any more. */
const REPAIRERS: { readonly [Kind in Repair["kind"]]: Repairer<Kind> } = {
  "restore layer link": async ({ blobs }, { name, digest }) => {
    const link = await blobs.statLink(name, digest);
    if (link === null || await blobs.stat(name, digest) !== null) return false;
    if (await blobs.statContent(digest) === null) return false;
    await blobs.link(name, digest);
    return true;
  },
  "remove layer link": async ({ blobs }, { name, digest }) => {
    const link = await blobs.statLink(name, digest);
    if (link === null) return false;
    if (link.target !== null && await blobs.statContent(link.target) !== null) return false;
    await blobs.unlink(name, digest);
    return true;
  },
  "restore manifest link": async ({ manifests, blobs }, { name, digest }) => {
    if (await manifests.statRevision(name, digest) === null) return false;
    if (await manifests.exists(name, digest)) return false;
    if (await blobs.statContent(digest) === null) return false;
    await manifests.restoreLink(name, digest);
    return true;
  },
  "remove manifest link": async ({ manifests }, { name, digest }) => {
    if (await manifests.statRevision(name, digest) === null) return false;
    if (await manifests.exists(name, digest)) return false;
    await manifests.removeRevision(name, digest, null);
    return true;
  },
  "remove tag": async ({ tags, manifests }, { name, tag }) => {
    const { digest } = await tags.entry(name, tag);
    if (digest !== null && await manifests.exists(name, digest)) return false;
    await tags.removeFound(name, tag);
    return true;
  },
  "restore tag": async ({ tags, manifests }, { name, tag, digest }) => {
    const entry = await tags.entry(name, tag);
    if (entry.digest !== null || !await manifests.exists(name, digest)) return false;
    await tags.restore(name, tag, digest);
    return true;
  },
  "remove referrer": async ({ referrers }, { name, subject, manifest }) => {
    if (await referrers.describe(name, subject, manifest) !== null) return false;
    await referrers.forget(name, subject, manifest);
    return true;
  },
  "add referrer": async ({ referrers }, { name, subject, manifest }) => {
    if (await referrers.describe(name, subject, manifest) === null) return false;
    await referrers.put(name, subject, manifest);
    return true;
  },
  quarantine: async ({ blobs }, { digest, size, modifiedMs }) => {
    const blob = await blobs.statContent(digest);
    if (blob === null || blob.size !== size || blob.modifiedMs !== modifiedMs) return false;
    return await blobs.quarantine(digest);
  },
};

/**
 * Repairs in batches under the gate, so that it is safe beside a running server. Tells of each problem whether it was
 * repaired, which it is not when it went away by itself.
 */
export async function repairAll(
  store: Store,
  problems: readonly Repairable[],
  onRepaired: (problem: Repairable, isDone: boolean) => void,
  nowMs: () => number = () => performance.now(),
): Promise<void> {
  for (let next = 0; next < problems.length;) {
    await store.gate.exclusive(async () => {
      const endMs = nowMs() + GC_HOLD_MS;
      do {
        const problem = problems[next++];
        if (problem !== undefined) onRepaired(problem, await repairOne(store, problem.repair));
      } while (next < problems.length && nowMs() < endMs);
    });
  }
}

function repairOne(store: Store, repair: Repair): Promise<boolean> {
  // The table is keyed by the kind of the repair, which the compiler cannot follow.
  const repairer = REPAIRERS[repair.kind] as Repairer<Repair["kind"]>;
  return repairer(store, repair);
}

/** Whether something can be done about a problem without a push. */
export function isRepairable(problem: Problem): problem is Repairable {
  return problem.repair !== null;
}
