/**
 * The metrics of what the store does.
 *
 * @module
 */

import type { CacheWatch } from "../storage/bounded_map.ts";
import type { StorageWatch } from "../storage/observed_driver.ts";
import type { Metrics } from "./metrics.ts";

/** Measures actions of a driver, those that fail too. */
export function storageTimer(metrics: Metrics, driver: string): StorageWatch {
  const seconds = metrics.family("registry_storage_action_seconds");
  return (action, act) => {
    const startedMs = performance.now();
    const end = (): void => {
      seconds.observe((performance.now() - startedMs) / 1000, driver, action);
    };
    let isPending = false;
    try {
      const result = act();
      if (!(result instanceof Promise)) return result;
      isPending = true;
      return result.finally(end);
    } finally {
      if (!isPending) end();
    }
  };
}

/** Counts looks into memory, under the names of distribution 3 and of distribution 2. */
export function cacheCounter(metrics: Metrics): CacheWatch {
  const requests = metrics.family("registry_storage_cache_requests_total");
  const hits = metrics.family("registry_storage_cache_hits_total");
  const both = metrics.family("registry_storage_cache_total");
  return (isHit) => {
    requests.add(1);
    both.add(1, "Request");
    both.add(1, isHit ? "Hit" : "Miss");
    if (isHit) hits.add(1);
  };
}
