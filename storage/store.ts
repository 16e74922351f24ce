/**
 * A store: one driver, and the stores of all six nouns over it.
 *
 * @module
 */

import { Blobs } from "./blobs.ts";
import type { CacheWatch } from "./bounded_map.ts";
import { CatalogChanges } from "./catalog_changes.ts";
import type { StorageDriver } from "./driver.ts";
import { Gate } from "./gate.ts";
import { Manifests } from "./manifests.ts";
import { Referrers } from "./referrers.ts";
import { Repositories } from "./repositories.ts";
import { Staging } from "./staging.ts";
import { Tags } from "./tags.ts";
import { UploadDigests } from "./upload_digests.ts";
import { Uploads } from "./uploads.ts";

/** Everything that a registry keeps. */
export interface Store {
  readonly gate: Gate;
  readonly blobs: Blobs;
  readonly manifests: Manifests;
  readonly tags: Tags;
  readonly uploads: Uploads;
  readonly referrers: Referrers;
  readonly repositories: Repositories;
  readonly staging: Staging;
}

/** What a store can be given beside its driver. */
export interface StoreOptions {
  /** Workers pass those that tell each other of their uploads. */
  readonly digests?: UploadDigests;
  /** Workers pass those that they share. */
  readonly catalog?: CatalogChanges;
  /** Told of each look into the memory of manifests and blobs. */
  readonly watch?: CacheWatch | null;
  /** The present time in milliseconds since 1970, by which it is known how long ago something was seen on disk. */
  readonly nowMs?: () => number;
}

/** Builds the stores over a driver. */
export function openStore(
  driver: StorageDriver,
  {
    digests = new UploadDigests(),
    catalog = new CatalogChanges(),
    watch = null,
    nowMs = Date.now,
  }: StoreOptions = {},
): Store {
  const gate = new Gate(driver);
  const memory = { watch, catalog, nowMs };
  const blobs = new Blobs(driver, gate, memory);
  const tags = new Tags(driver, gate, nowMs);
  const referrers = new Referrers(driver, blobs, nowMs);
  return {
    gate,
    blobs,
    tags,
    referrers,
    manifests: new Manifests(driver, gate, blobs, tags, referrers, memory),
    uploads: new Uploads(driver, gate, blobs, digests),
    repositories: new Repositories(driver, memory),
    staging: new Staging(driver),
  };
}
