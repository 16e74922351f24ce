/**
 * Plans a collection: what can go, in the order in which it may.
 *
 * The order keeps the store whole at every moment. In each repository tags go before manifests and manifests before
 * layer links; the bytes go last, once every repository has said what it needs. Whoever carries the plan out says of
 * each step what was spared, because somebody relied on it meanwhile, and the rest of the plan takes that into account.
 *
 * @module
 */

import type { Digest } from "../storage/digest.ts";
import { GC_BLOBS_STEP } from "../storage/limits.ts";
import type { RepositoryName, Tag } from "../storage/names.ts";
import type { Store } from "../storage/store.ts";
import type { TagEntry } from "../storage/tags.ts";
import { DigestTable } from "./digest_table.ts";
import { RepositoryMarks } from "./mark.ts";
import type { CollectObserver, Removal } from "./removal.ts";
import { expiredTags, type RetentionRule } from "./retention.ts";

/** What a collection is asked to do. */
export interface PlanOptions {
  /** Whether manifests go that no tag leads to. */
  readonly deleteUntagged: boolean;
  /** What was touched within this time stays. */
  readonly minAgeMs: number;
  /** Uploads go that got no bytes within this time. */
  readonly uploadAgeMs: number;
  /** Whether anything may go in this repository. */
  readonly isInScope: (name: RepositoryName) => boolean;
  /** Which tags of this repository expire; `null` for none. */
  readonly retention: (name: RepositoryName) => RetentionRule | null;
  /** When the collection began, by the clock of the store. */
  readonly startedMs: number;
}

/** A part of a plan that can be carried out in any order. */
export type PlanStep = readonly Removal[];

/** The removals of a step that were not carried out, because somebody relied on them meanwhile. */
export type Spared = ReadonlySet<Removal>;

/** A plan, step by step. After each step it is told what was spared. Returns how many blobs stay. */
export type Plan = AsyncGenerator<PlanStep, { readonly blobsMarked: number }, Spared>;

/** Plans a collection of a store. */
export async function* planCollection(
  store: Store,
  options: PlanOptions,
  observer: CollectObserver,
): Plan {
  const blobs = new DigestTable();
  for await (const digest of store.blobs.all()) {
    blobs.add(digest);
    observer.phase?.("list", blobs.size);
  }
  let repositories = 0;
  for await (const name of store.repositories.all()) {
    yield* planRepository(store, name, blobs, options, observer);
    observer.phase?.("mark", ++repositories);
  }
  yield* planBlobs(store, blobs, options, observer);
  return { blobsMarked: blobs.marked };
}

type Steps = AsyncGenerator<PlanStep, void, Spared>;

async function* planRepository(
  store: Store,
  name: RepositoryName,
  blobs: DigestTable,
  options: PlanOptions,
  observer: CollectObserver,
): Steps {
  const isInScope = options.isInScope(name);
  const entries = await Array.fromAsync(store.tags.entries(name));
  const expired = isInScope ? planTags(name, entries, options) : [];
  const sparedTags = expired.length === 0 ? new Set<Removal>() : yield expired;
  const gone = tagsGone(expired, sparedTags);
  const marks = new RepositoryMarks(store, name, blobs, observer);
  if (entries.length > 0 || await store.repositories.hasManifests(name)) {
    observer.repository?.(name);
  }
  const youngSinceMs = options.startedMs - options.minAgeMs;
  await marks.markAll(
    entries.filter(({ tag }) => !gone.has(tag)),
    { deleteUntagged: options.deleteUntagged, isInScope, youngSinceMs },
  );
  if (!isInScope) return;
  const manifests = await planManifests(store, marks, entries);
  const sparedManifests = manifests.length === 0 ? new Set<Removal>() : yield manifests;
  for (const removal of sparedManifests) {
    if (removal.kind === "manifest") await marks.keep(removal.digest, { kind: "young" });
  }
  yield* planRest(store, marks, options);
}

function planTags(
  name: RepositoryName,
  entries: readonly TagEntry[],
  { retention, startedMs }: PlanOptions,
): readonly Removal[] {
  const rule = retention(name);
  if (rule === null) return [];
  return expiredTags(entries, rule, startedMs).flatMap(({ entry: { tag, digest }, reason }) =>
    digest === null ? [] : [{ kind: "tag" as const, name, tag, digest, reason, bytes: 0 }]
  );
}

function tagsGone(expired: readonly Removal[], spared: Spared): ReadonlySet<Tag> {
  const tags = expired.flatMap((removal) =>
    removal.kind === "tag" && !spared.has(removal) ? [removal.tag] : []
  );
  return new Set(tags);
}

async function planManifests(
  store: Store,
  marks: RepositoryMarks,
  entries: readonly TagEntry[],
): Promise<readonly Removal[]> {
  const dead = [...marks.revisions.keys()].filter((digest) => !marks.isKept(digest));
  if (dead.length === 0) return [];
  const histories = await readHistories(store, marks.name, entries, new Set(dead));
  return dead.map((digest) => ({
    kind: "manifest",
    name: marks.name,
    digest,
    subject: marks.subjectOf(digest),
    tags: histories.get(digest) ?? [],
    reason: "untagged",
    bytes: 0,
  }));
}

/** In which tags' histories manifests stand. One pass over all tags, not one for each manifest. */
async function readHistories(
  store: Store,
  name: RepositoryName,
  entries: readonly TagEntry[],
  digests: ReadonlySet<Digest>,
): Promise<ReadonlyMap<Digest, readonly Tag[]>> {
  const histories = new Map<Digest, Tag[]>();
  for (const { tag } of entries) {
    for await (const digest of store.tags.history(name, tag)) {
      if (!digests.has(digest)) continue;
      const tags = histories.get(digest);
      if (tags === undefined) histories.set(digest, [tag]);
      else tags.push(tag);
    }
  }
  return histories;
}

/** Layer links, uploads, and the repository itself if nothing is left. */
async function* planRest(store: Store, marks: RepositoryMarks, options: PlanOptions): Steps {
  const { name } = marks;
  const rest: Removal[] = [];
  for await (const digest of store.blobs.links(name)) {
    if (marks.layers.has(digest)) continue;
    const link = await store.blobs.statLink(name, digest);
    // Distribution leaves the directory of a link that it deleted; it goes with the link.
    const modifiedMs = link?.modifiedMs ?? 0;
    if (modifiedMs >= options.startedMs - options.minAgeMs) continue;
    rest.push({ kind: "layer", name, digest, reason: "needed by no manifest", bytes: 0 });
  }
  for await (const id of store.uploads.ids(name)) {
    const upload = await store.uploads.stat(name, id);
    const modifiedMs = upload?.modifiedMs ?? 0;
    if (modifiedMs >= options.startedMs - options.uploadAgeMs) continue;
    rest.push({ kind: "upload", name, id, reason: "abandoned", bytes: upload?.size ?? 0 });
  }
  rest.push({ kind: "repository", name, reason: "empty", bytes: 0 });
  yield rest;
}

async function* planBlobs(
  store: Store,
  blobs: DigestTable,
  { startedMs, minAgeMs }: PlanOptions,
  observer: CollectObserver,
): Steps {
  let step: Removal[] = [];
  let seen = 0;
  for await (const digest of store.blobs.all()) {
    observer.phase?.("sweep", ++seen);
    // What was not there as the blobs were listed is younger than the collection.
    if (!blobs.has(digest) || blobs.isMarked(digest)) continue;
    const blob = await store.blobs.statContent(digest);
    const modifiedMs = blob?.modifiedMs ?? 0;
    if (modifiedMs >= startedMs - minAgeMs) continue;
    step.push({ kind: "blob", digest, reason: "needed by no manifest", bytes: blob?.size ?? 0 });
    if (step.length < GC_BLOBS_STEP) continue;
    yield step;
    step = [];
  }
  if (step.length > 0) yield step;
}
