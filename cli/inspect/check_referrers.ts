/**
 * Checks the referrers index of a repository against its manifests.
 *
 * @module
 */

import type { Digest } from "../../storage/digest.ts";
import { referrerLink } from "../../storage/layout.ts";
import type { Revision } from "../../storage/manifests.ts";
import type { CheckContext } from "./check.ts";
import type { Repair } from "./problem.ts";

/** The subjects of manifests, by the manifests' own digests. */
export type Subjects = Map<Digest, Digest>;

/** Reports entries that no manifest bears out, and manifests that the index should have by its own account. */
export async function checkReferrers(
  context: CheckContext,
  revisions: ReadonlyMap<Digest, Revision>,
  subjects: Subjects,
): Promise<void> {
  const { store: { referrers }, name, onProblem } = context;
  const indexed = new Set<Digest>();
  for await (const { subject, manifest, isDamaged } of referrers.entries(name)) {
    const isTrue = subjects.get(manifest) === subject;
    if (isTrue) indexed.add(manifest);
    if (isTrue && !isDamaged) continue;
    // Something may have been pushed since the manifests were read.
    if (!isDamaged && await referrers.describe(name, subject, manifest) !== null) continue;
    const kind: Repair["kind"] = isTrue ? "add referrer" : "remove referrer";
    onProblem({
      kind: "stale-referrer",
      path: referrerLink(name, subject, manifest),
      detail: isDamaged ? "it is empty, cut short or junk" : "no manifest here refers to that",
      repair: { kind, name, subject, manifest },
    });
  }
  const indexedMs = await referrers.indexedMs(name);
  for (const [manifest, subject] of subjects) {
    // What is younger than the mark gets its entry with the next request for referrers.
    const modifiedMs = revisions.get(manifest)?.modifiedMs ?? Infinity;
    if (indexed.has(manifest) || modifiedMs > indexedMs) continue;
    onProblem({
      kind: "missing-referrer",
      path: referrerLink(name, subject, manifest),
      detail: "the manifest refers to that, and the index does not have it",
      repair: { kind: "add referrer", name, subject, manifest },
    });
  }
}
