/**
 * Looks at a whole store: who holds how much, and what is wrong.
 *
 * @module
 */

import { DigestTable } from "../../gc/digest_table.ts";
import { planCollection, type Spared } from "../../gc/plan.ts";
import type { Digest } from "../../storage/digest.ts";
import type { StorageDriver } from "../../storage/driver.ts";
import { StorageError } from "../../storage/errors.ts";
import {
  below,
  blobData,
  blobDirectory,
  repositoryDirectory,
  stagingDirectory,
} from "../../storage/layout.ts";
import { walkLayout } from "../../storage/layout_tree.ts";
import { GC_MIN_AGE_MS, GC_STAGED_AGE_MS, GC_UPLOAD_AGE_MS } from "../../storage/limits.ts";
import type { RepositoryName } from "../../storage/names.ts";
import type { Store } from "../../storage/store.ts";
import { BlobTable } from "./blob_table.ts";
import { checkRepository } from "./check.ts";
import type { OnProblem } from "./problem.ts";

/** What there is of one repository. */
export interface RepositoryRow {
  readonly name: RepositoryName;
  readonly tags: number;
  readonly manifests: number;
  /** When a manifest or tag was last pushed or referred to, in milliseconds since 1970; `null` when there is none. */
  readonly newestMs: number | null;
  /** Bytes of all that it holds. */
  readonly bytes: number;
  /** Bytes of what no other repository holds. */
  readonly uniqueBytes: number;
}

/** Sums over the whole store. */
export interface Totals {
  readonly repositories: number;
  readonly tags: number;
  readonly manifests: number;
  readonly blobs: number;
  readonly bytes: number;
  /** Bytes that several repositories hold. */
  readonly sharedBytes: number;
  /** Bytes that one repository holds. */
  readonly uniqueBytes: number;
  /** Bytes that none holds. */
  readonly orphanBytes: number;
  /** Bytes that a collection with its default flags would free now; `null` when it cannot read everything. */
  readonly collectableBytes: number | null;
}

/** Everything about a store that fits a page. */
export interface Survey {
  readonly totals: Totals;
  /** The largest first. */
  readonly repositories: readonly RepositoryRow[];
}

/** Told of a survey as it goes on. */
export interface SurveyObserver {
  readonly onProblem: OnProblem;
  readonly onProgress: (doing: string, done: number, unit: string) => void;
  /** The present time, in milliseconds since 1970. */
  readonly nowMs: number;
}

/** Surveys a store. Writes nothing, and takes no lock. */
export async function surveyStore(
  store: Store,
  driver: StorageDriver,
  observer: SurveyObserver,
): Promise<Survey> {
  const blobs = await listBlobs(store, observer);
  const rows: Omit<RepositoryRow, "uniqueBytes">[] = [];
  for await (const name of store.repositories.all()) {
    const row = await surveyRepository(store, name, rows.length, blobs, observer);
    if (row !== null) rows.push(row);
    observer.onProgress("check", rows.length, "repositories");
  }
  await reportOrphans(store, blobs, observer);
  await reportStrays(store, driver, observer);
  const { unique, shared, orphan } = blobs.sums(rows.length);
  const repositories = rows.map((row, index) => ({ ...row, uniqueBytes: unique[index] ?? 0 }));
  const totals: Totals = {
    repositories: rows.length,
    tags: sum(rows, ({ tags }) => tags),
    manifests: sum(rows, ({ manifests }) => manifests),
    blobs: blobs.size,
    bytes: blobs.bytes,
    sharedBytes: shared,
    uniqueBytes: sum(repositories, ({ uniqueBytes }) => uniqueBytes),
    orphanBytes: orphan,
    collectableBytes: await collectableBytes(store, observer),
  };
  return {
    totals,
    repositories: repositories.sort((one, other) =>
      other.bytes - one.bytes || (one.name < other.name ? -1 : 1)
    ),
  };
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}

async function listBlobs(store: Store, observer: SurveyObserver): Promise<BlobTable> {
  const blobs = new BlobTable();
  for await (const digest of store.blobs.all()) {
    const blob = await store.blobs.statContent(digest);
    if (blob === null) {
      const path = blobDirectory(digest);
      const detail = "it has no data";
      observer.onProblem({ kind: "lost-blob", path, detail, repair: null });
      continue;
    }
    blobs.add(digest, blob.size);
    observer.onProgress("list", blobs.size, "blobs");
  }
  return blobs;
}

/** Surveys one repository; `null` for a directory that holds nothing but other repositories. */
async function surveyRepository(
  store: Store,
  name: RepositoryName,
  number: number,
  blobs: BlobTable,
  { onProblem, nowMs }: SurveyObserver,
): Promise<Omit<RepositoryRow, "uniqueBytes"> | null> {
  const held = new DigestTable();
  let bytes = 0;
  const onHeld = (digest: Digest): void => {
    if (held.add(digest)) bytes += blobs.hold(digest, number);
  };
  const sizeOf = async (digest: Digest): Promise<number | null> =>
    blobs.sizeOf(digest) ?? (await store.blobs.statContent(digest))?.size ?? null;
  try {
    const content = await checkRepository({ store, name, sizeOf, onHeld, onProblem, nowMs });
    const { tags, revisions } = content;
    if (tags.length === 0 && held.size === 0 && !await store.repositories.exists(name)) return null;
    let newestMs: number | null = null;
    for (const { modifiedMs } of [...tags, ...revisions.values()]) {
      newestMs = Math.max(newestMs ?? 0, modifiedMs);
    }
    return { name, tags: tags.length, manifests: revisions.size, newestMs, bytes };
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    const path = repositoryDirectory(name);
    onProblem({ kind: "unreadable", path, detail: error.message, repair: null });
    return { name, tags: 0, manifests: 0, newestMs: null, bytes };
  }
}

async function reportOrphans(
  store: Store,
  blobs: BlobTable,
  { onProblem, onProgress }: SurveyObserver,
): Promise<void> {
  let seen = 0;
  for await (const digest of store.blobs.all()) {
    onProgress("find orphans", ++seen, "blobs");
    if (!blobs.isOrphan(digest)) continue;
    const detail = `${blobs.sizeOf(digest)} bytes that no repository links`;
    onProblem({ kind: "orphan-blob", path: blobData(digest), detail, repair: null });
  }
}

/** Reports what the layout does not know, and what never came to its place. */
async function reportStrays(
  store: Store,
  driver: StorageDriver,
  { onProblem, onProgress, nowMs }: SurveyObserver,
): Promise<void> {
  let entries = 0;
  // Whoever reads a file that the layout knows finds out whether it is one.
  for await (const { path, level, info } of walkLayout(driver, { skipKnownFiles: true })) {
    onProgress("walk", ++entries, "entries");
    if (level !== null) continue;
    const detail = info === null
      ? "a symbolic link, which is not followed"
      : info.isDirectory
      ? "a directory that the layout does not know"
      : "a file that the layout does not know";
    onProblem({ kind: "foreign", path, detail, repair: null });
  }
  for await (const { name, size, modifiedMs } of store.staging.all()) {
    if (modifiedMs >= nowMs - GC_STAGED_AGE_MS) continue;
    const path = below(stagingDirectory, name);
    const detail = `${size} bytes that never came to their place`;
    onProblem({ kind: "staging-leftover", path, detail, repair: null });
  }
}

/** Plans a collection and carries nothing out; `null` when a part of the store cannot be read. */
async function collectableBytes(
  store: Store,
  { onProgress, nowMs }: SurveyObserver,
): Promise<number | null> {
  const plan = planCollection(store, {
    deleteUntagged: false,
    minAgeMs: GC_MIN_AGE_MS,
    uploadAgeMs: GC_UPLOAD_AGE_MS,
    isInScope: () => true,
    retention: () => null,
    startedMs: nowMs,
  }, { phase: (phase, done) => onProgress(`plan ${phase}`, done, "entries") });
  const spared: Spared = new Set();
  let bytes = 0;
  try {
    for (let step = await plan.next(spared); step.done !== true; step = await plan.next(spared)) {
      for (const removal of step.value) bytes += removal.bytes;
    }
    return bytes;
  } catch (error) {
    if (error instanceof StorageError) return null;
    throw error;
  }
}
