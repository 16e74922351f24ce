/**
 * In which order manifests go that keep each other.
 *
 * @module
 */

import type { Digest } from "../storage/digest.ts";

/** What manifests that can go say of each other. */
export interface ManifestRelations {
  /** The manifests that one lists. */
  childrenOf(digest: Digest): readonly Digest[];
  /** The manifest that one refers to; `null` for none. */
  subjectOf(digest: Digest): Digest | null;
}

/** A manifest, while its turn has not come. */
interface Candidate {
  readonly digest: Digest;
  /** How many manifests that list it have not had their turn. */
  listedBy: number;
  isSubjectLeft: boolean;
}

/**
 * Divides manifests into generations: whoever keeps another, as an index keeps its children and a subject its referrers,
 * comes in an earlier one. So when one is found to be needed after all, what it needs is still there.
 */
export function* generations(
  digests: readonly Digest[],
  relations: ManifestRelations,
): Generator<readonly Digest[]> {
  const left = new Map<Digest, Candidate>();
  const referrers = new Map<Digest, Digest[]>();
  for (const digest of digests) left.set(digest, { digest, listedBy: 0, isSubjectLeft: false });
  for (const candidate of left.values()) {
    for (const child of new Set(relations.childrenOf(candidate.digest))) {
      const listed = left.get(child);
      if (listed !== undefined) listed.listedBy++;
    }
    const subject = relations.subjectOf(candidate.digest);
    if (subject === null || !left.has(subject)) continue;
    candidate.isSubjectLeft = true;
    referrers.set(subject, [...referrers.get(subject) ?? [], candidate.digest]);
  }
  let ready = [...left.values()].filter(isReady);
  while (left.size > 0) {
    // An index can list its own subject. Then the index goes first: no manifest may lose what it lists, while losing a
    // referrer breaks nothing. No manifest lists itself, however deeply, so there always is one that nobody lists.
    if (ready.length === 0) {
      ready = [...left.values()].filter(({ digest, listedBy }) =>
        listedBy === 0 && relations.childrenOf(digest).some((child) => left.has(child))
      );
    }
    yield ready.map(({ digest }) => digest);
    for (const { digest } of ready) left.delete(digest);
    ready = ready.flatMap(({ digest }) => release(digest, left, referrers, relations));
  }
}

/** Notes that a manifest has had its turn; returns those that waited for nothing else. */
function release(
  digest: Digest,
  left: ReadonlyMap<Digest, Candidate>,
  referrers: ReadonlyMap<Digest, readonly Digest[]>,
  relations: ManifestRelations,
): readonly Candidate[] {
  const released = new Set<Candidate>();
  for (const child of new Set(relations.childrenOf(digest))) {
    const candidate = left.get(child);
    if (candidate === undefined) continue;
    candidate.listedBy--;
    released.add(candidate);
  }
  for (const referrer of referrers.get(digest) ?? []) {
    const candidate = left.get(referrer);
    if (candidate === undefined) continue;
    candidate.isSubjectLeft = false;
    released.add(candidate);
  }
  return [...released].filter(isReady);
}

function isReady({ listedBy, isSubjectLeft }: Candidate): boolean {
  return listedBy === 0 && !isSubjectLeft;
}
