/**
 * Purges uploads at intervals.
 *
 * @module
 */

import { PURGE_DELAY_MS_MAX, TIMER_MS_MAX } from "../storage/limits.ts";
import type { Settings } from "./settings/table.ts";

/** What runs at intervals. */
export interface Purger {
  /** Ends it, wherever it is: a purge leaves a whole store. */
  stop(): void;
}

/** Whether the settings ask for purges, and there is something that can be purged. */
export function isPurging({ storage }: Settings): boolean {
  const { maintenance, filesystem } = storage;
  return maintenance.uploadpurging.enabled && !maintenance.readonly.enabled && filesystem !== null;
}

/**
 * Purges after a random time of at most an hour and an interval, so that servers that start together do not look
 * together, and then once each interval. A thread is there only while it works.
 */
export function startPurger(settings: Settings, isReadOnly: () => boolean): Purger {
  const intervalMs = Math.min(settings.storage.maintenance.uploadpurging.interval, TIMER_MS_MAX);
  let worker: Worker | null = null;
  const purge = (): void => {
    timer = setTimeout(purge, intervalMs);
    if (isReadOnly()) return;
    worker?.terminate();
    worker = new Worker(new URL("./purge_worker.ts", import.meta.url), { type: "module" });
    worker.onerror = (event): void => {
      event.preventDefault();
      console.error(`berth serve: upload purging: ${event.message}`);
    };
    worker.postMessage(settings);
  };
  let timer = setTimeout(purge, Math.random() * Math.min(PURGE_DELAY_MS_MAX, intervalMs));
  return {
    stop(): void {
      clearTimeout(timer);
      worker?.terminate();
    },
  };
}
