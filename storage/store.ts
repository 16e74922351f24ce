/**
 * A store: one driver, and the stores of all six nouns over it.
 *
 * @module
 */

import { Blobs } from "./blobs.ts";
import type { CacheWatch } from "./bounded_map.ts";
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

/**
 * Builds the stores over a driver. Workers pass `digests` that tell each other of their uploads; `watch` is told of each
 * look into the memory of manifests and blobs.
 */
export function openStore(
  driver: StorageDriver,
  digests: UploadDigests = new UploadDigests(),
  watch: CacheWatch | null = null,
): Store {
  const gate = new Gate(driver);
  const blobs = new Blobs(driver, gate, watch);
  const tags = new Tags(driver, gate);
  const referrers = new Referrers(driver, blobs);
  return {
    gate,
    blobs,
    tags,
    referrers,
    manifests: new Manifests(driver, gate, blobs, tags, referrers, watch),
    uploads: new Uploads(driver, gate, blobs, digests),
    repositories: new Repositories(driver),
    staging: new Staging(driver),
  };
}
