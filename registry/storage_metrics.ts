/**
 * The metrics of what the store does.
 *
 * @module
 */

import type { CacheWatch } from "../storage/bounded_map.ts";
import {
  STORAGE_ACTIONS,
  type StorageAction,
  type StorageWatch,
} from "../storage/observed_driver.ts";
import type { MetricCell } from "./metric_cell.ts";
import type { Metrics } from "./metrics.ts";

/** Measures actions of a driver, those that fail too. */
export function storageTimer(metrics: Metrics, driver: string): StorageWatch {
  const family = metrics.family("registry_storage_action_seconds");
  const cells = Object.fromEntries(
    STORAGE_ACTIONS.map((action) => [action, family.cell(driver, action)]),
  ) as Readonly<Record<StorageAction, MetricCell>>;
  const end = (action: StorageAction, startedMs: number): void =>
    cells[action].observe((performance.now() - startedMs) / 1000);
  return (action, act) => {
    const startedMs = performance.now();
    let isPending = false;
    try {
      const result = act();
      if (!(result instanceof Promise)) return result;
      isPending = true;
      return result.finally(() => end(action, startedMs));
    } finally {
      if (!isPending) end(action, startedMs);
    }
  };
}

/** Counts looks into memory, under the names of distribution 3 and of distribution 2. */
export function cacheCounter(metrics: Metrics): CacheWatch {
  const both = metrics.family("registry_storage_cache_total");
  const requests = [
    metrics.family("registry_storage_cache_requests_total").cell(),
    both.cell("Request"),
  ];
  const hits = [metrics.family("registry_storage_cache_hits_total").cell(), both.cell("Hit")];
  const misses = [both.cell("Miss")];
  return (isHit) => {
    for (const cell of requests) cell.add(1);
    for (const cell of isHit ? hits : misses) cell.add(1);
  };
}
