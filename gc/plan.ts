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
import { GC_REPOSITORIES_TOGETHER, GC_STAGED_AGE_MS, GC_STEP_BLOBS } from "../storage/limits.ts";
import type { RepositoryName, Tag } from "../storage/names.ts";
import type { Store } from "../storage/store.ts";
import type { TagEntry } from "../storage/tags.ts";
import { DigestTable } from "./digest_table.ts";
import { generations } from "./generations.ts";
import { type Alone, RepositoryMarks } from "./mark.ts";
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
  /** Just looks unless given, as does a dry run. */
  readonly alone?: Alone;
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
    observer.phase?.("list", blobs.size, null);
  }
  // The names alone are little, and tell how much there is to do. A repository that comes later holds nothing that is
  // older than the collection.
  const names = await Array.fromAsync(store.repositories.all());
  let marked = 0;
  for (let next = 0; next < names.length; next += GC_REPOSITORIES_TOGETHER) {
    const some = names.slice(next, next + GC_REPOSITORIES_TOGETHER);
    yield* together(some.map(async function* (name): Steps {
      yield* planRepository(store, name, blobs, options, observer);
      observer.phase?.("mark", ++marked, names.length);
    }));
  }
  yield* planBlobs(store, blobs, options, observer);
  yield* planStaged(store, options);
  return { blobsMarked: blobs.marked };
}

type Steps = AsyncGenerator<PlanStep, void, Spared>;

/**
 * Makes one step of the first steps of several plans, then of their second ones, and so on: what lies in several
 * directories goes faster than what lies in one (see `sweep.ts`).
 */
async function* together(plans: readonly Steps[]): Steps {
  let active = plans;
  let spared: Spared = new Set();
  while (active.length > 0) {
    const step: Removal[] = [];
    const still: Steps[] = [];
    for (const plan of active) {
      const next = await plan.next(spared);
      if (next.done === true) continue;
      for (const removal of next.value) step.push(removal);
      still.push(plan);
    }
    active = still;
    if (step.length > 0) spared = yield step;
  }
}

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
    {
      deleteUntagged: options.deleteUntagged,
      isInScope,
      youngSinceMs,
      alone: options.alone ?? ((look) => look()),
    },
  );
  if (!isInScope) return;
  yield* planManifests(store, marks, entries);
  yield* planRest(store, marks, entries.length > gone.size, options);
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

/**
 * Manifests, those first that keep others. A commit says that it relies on an index or a subject by touching it alone:
 * when the sweep spares one, all that it keeps leaves the plan, and is still there.
 */
async function* planManifests(
  store: Store,
  marks: RepositoryMarks,
  entries: readonly TagEntry[],
): Steps {
  const dead = [...marks.revisions.keys()].filter((digest) => !marks.isKept(digest));
  if (dead.length === 0) return;
  const histories = await readHistories(store, marks.name, entries, new Set(dead));
  for (const generation of generations(dead, marks)) {
    const removals = generation.filter((digest) => !marks.isKept(digest)).map((digest) => ({
      kind: "manifest" as const,
      name: marks.name,
      digest,
      subject: marks.subjectOf(digest),
      tags: histories.get(digest) ?? [],
      reason: "untagged",
      bytes: 0,
    }));
    if (removals.length === 0) continue;
    const spared = yield removals;
    for (const removal of removals) {
      if (spared.has(removal)) await marks.keep(removal.digest, { kind: "young" });
    }
  }
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

/** Layer links, uploads and empty directories, and the repository itself if nothing is left. */
async function* planRest(
  store: Store,
  marks: RepositoryMarks,
  hasTags: boolean,
  options: PlanOptions,
): Steps {
  const { name } = marks;
  const layers = await planLayers(store, marks, options);
  const uploads = await planUploads(store, name, options);
  const directories: Removal[] = [];
  for await (const digest of store.manifests.emptyRevisions(name)) {
    directories.push(emptyDirectory(name, "manifest", digest));
  }
  const removals = [...layers.removals, ...uploads.removals, ...directories];
  const isEmpty = !hasTags && !marks.hasKept && !layers.hasKept && !uploads.hasKept &&
    await store.repositories.hasSkeleton(name);
  if (removals.length > 0) yield removals;
  // Once it is empty.
  if (isEmpty) yield [{ kind: "repository", name, reason: "empty", bytes: 0 }];
}

/** What goes of one kind, and whether something stays. */
interface Part {
  readonly removals: readonly Removal[];
  readonly hasKept: boolean;
}

async function planLayers(
  store: Store,
  { name, layers }: RepositoryMarks,
  { startedMs, minAgeMs }: PlanOptions,
): Promise<Part> {
  const removals: Removal[] = [];
  let hasKept = false;
  for await (const digest of store.blobs.links(name)) {
    if (layers.has(digest)) {
      hasKept = true;
      continue;
    }
    const linkedMs = await store.blobs.linkedMs(name, digest);
    if (linkedMs === null) removals.push(emptyDirectory(name, "layer", digest));
    else if (linkedMs >= startedMs - minAgeMs) hasKept = true;
    else removals.push({ kind: "layer", name, digest, reason: "needed by no manifest", bytes: 0 });
  }
  return { removals, hasKept };
}

async function planUploads(
  store: Store,
  name: RepositoryName,
  { startedMs, uploadAgeMs }: PlanOptions,
): Promise<Part> {
  const removals: Removal[] = [];
  let hasKept = false;
  for await (const id of store.uploads.ids(name)) {
    const usedMs = await store.uploads.usedMs(name, id);
    if (usedMs !== null && usedMs >= startedMs - uploadAgeMs) {
      hasKept = true;
      continue;
    }
    const bytes = (await store.uploads.stat(name, id))?.size ?? 0;
    removals.push({ kind: "upload", name, id, reason: "abandoned", bytes });
  }
  return { removals, hasKept };
}

function emptyDirectory(name: RepositoryName, of: "layer" | "manifest", digest: Digest): Removal {
  return { kind: "directory", name, of, digest, reason: "empty", bytes: 0 };
}

async function* planStaged(store: Store, { startedMs }: PlanOptions): Steps {
  const step: Removal[] = [];
  for await (const { name, size, modifiedMs } of store.staging.all()) {
    if (modifiedMs >= startedMs - GC_STAGED_AGE_MS) continue;
    step.push({ kind: "staged", file: name, reason: "left behind by a crash", bytes: size });
  }
  if (step.length > 0) yield step;
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
    observer.phase?.("sweep", ++seen, blobs.size);
    // What was not there as the blobs were listed is younger than the collection.
    if (!blobs.has(digest) || blobs.isMarked(digest)) continue;
    const blob = await store.blobs.statContent(digest);
    const modifiedMs = blob?.modifiedMs ?? 0;
    if (modifiedMs >= startedMs - minAgeMs) continue;
    step.push({ kind: "blob", digest, reason: "needed by no manifest", bytes: blob?.size ?? 0 });
    if (step.length < GC_STEP_BLOBS) continue;
    yield step;
    step = [];
  }
  if (step.length > 0) yield step;
}
