/**
 * Explains why a collection would keep a digest, or what would remove it.
 *
 * @module
 */

import type { Digest } from "../storage/digest.ts";
import type { RepositoryName } from "../storage/names.ts";
import type { Store } from "../storage/store.ts";
import { collect, type CollectOptions } from "./collect.ts";
import type { KeepReason, Removal } from "./removal.ts";

/** One reason why a digest is kept, in one repository, with what leads to it from a tag or another root. */
export interface KeepChain {
  readonly name: RepositoryName;
  /** From the digest itself to the root. */
  readonly links: readonly { readonly digest: Digest; readonly reason: KeepReason }[];
}

/** What would become of a digest. */
export interface Explanation {
  readonly kept: readonly KeepChain[];
  readonly removals: readonly Removal[];
}

/** Plans a collection, removes nothing, and tells what it says of one digest. */
export async function explain(
  store: Store,
  digest: Digest,
  options: CollectOptions,
): Promise<Explanation> {
  // The first reason of each manifest leads to a root, as what it names was kept before.
  const reasons = new Map<string, KeepReason>();
  const found: { name: RepositoryName; reason: KeepReason }[] = [];
  const removals: Removal[] = [];
  await collect(store, { ...options, isDryRun: true }, {
    kept: (name, kept, what, reason) => {
      if (what === "manifest") reasons.set(`${name}@${kept}`, reason);
      if (kept === digest) found.push({ name, reason });
    },
    removal: (removal) => {
      if ("digest" in removal && removal.digest === digest) removals.push(removal);
    },
  });
  const kept = found.map(({ name, reason }) => ({
    name,
    links: chainOf(name, digest, reason, reasons),
  }));
  return { kept, removals };
}

function chainOf(
  name: RepositoryName,
  digest: Digest,
  reason: KeepReason,
  reasons: ReadonlyMap<string, KeepReason>,
): KeepChain["links"] {
  const links = [{ digest, reason }];
  for (let next = reason; "of" in next;) {
    const above = reasons.get(`${name}@${next.of}`);
    if (above === undefined) break;
    links.push({ digest: next.of, reason: above });
    next = above;
  }
  return links;
}
