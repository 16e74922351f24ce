/**
 * Purging: the removal of uploads that nobody goes on with, by itself, as the server of distribution does it.
 *
 * @module
 */

import type { RepositoryName, UploadId } from "../storage/names.ts";
import type { Store } from "../storage/store.ts";

/** What a purge is asked to do. */
export interface PurgeOptions {
  /** What began before this time, and got no bytes since, goes; in milliseconds since 1970. */
  readonly olderThanMs: number;
  /** Tells what would go, and touches nothing. */
  readonly isDryRun: boolean;
}

/** What became of an upload: `undated` ones do not say when they began, and stay. */
export type PurgeFate = "removed" | "planned" | "undated";

/** Told of every upload that is old, or does not say how old it is. */
export type PurgeListener = (name: RepositoryName, id: UploadId, fate: PurgeFate) => void;

/** Removes the old uploads of a store. Those that are written to meanwhile stay whole. */
export async function purgeUploads(
  store: Store,
  options: PurgeOptions,
  listener: PurgeListener = () => {},
): Promise<void> {
  for await (const name of store.repositories.all()) {
    for await (const id of store.uploads.ids(name)) {
      const fate = await purgeUpload(store, name, id, options);
      if (fate !== null) listener(name, id, fate);
    }
  }
}

/** `null` for an upload that is young, or gone meanwhile. */
async function purgeUpload(
  store: Store,
  name: RepositoryName,
  id: UploadId,
  { olderThanMs, isDryRun }: PurgeOptions,
): Promise<PurgeFate | null> {
  const startedMs = await store.uploads.startedMs(name, id);
  // One that ends at this moment says nothing any more.
  if (startedMs === null) return await store.uploads.isThere(name, id) ? "undated" : null;
  if (startedMs >= olderThanMs || !await isIdle(store, name, id, olderThanMs)) return null;
  if (isDryRun) return "planned";
  // No upload becomes a blob while the gate is held, and one that was written to meanwhile is seen.
  return await store.gate.exclusive(async () => {
    if (!await isIdle(store, name, id, olderThanMs)) return null;
    return await store.uploads.cancel(name, id) ? "removed" : null;
  });
}

async function isIdle(
  { uploads }: Store,
  name: RepositoryName,
  id: UploadId,
  sinceMs: number,
): Promise<boolean> {
  const usedMs = await uploads.usedMs(name, id);
  return usedMs === null || usedMs < sinceMs;
}
