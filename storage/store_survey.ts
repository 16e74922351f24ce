/**
 * How much is in a store.
 *
 * @module
 */

import type { Store } from "./store.ts";

/** What a store holds. */
export interface StoreSize {
  readonly blobs: number;
  /** Of all blobs, whoever holds them. */
  readonly bytes: number;
  /** Those with manifests, as in the catalog. */
  readonly repositories: number;
  /** Uploads that have begun and not ended. */
  readonly uploads: number;
}

/** Counts what is in a store: one look at each blob and each repository. What comes and goes meanwhile may be missed. */
export async function surveyStore(store: Store): Promise<StoreSize> {
  const size = { blobs: 0, bytes: 0, repositories: 0, uploads: 0 };
  for await (const digest of store.blobs.all()) {
    const blob = await store.blobs.statContent(digest);
    if (blob === null) continue;
    size.blobs++;
    size.bytes += blob.size;
  }
  for await (const name of store.repositories.all()) {
    if (await store.repositories.hasManifests(name)) size.repositories++;
    for await (const _ of store.uploads.ids(name)) size.uploads++;
  }
  return size;
}
