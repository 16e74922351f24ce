/**
 * The collector of a server: collects the store at intervals, in a thread of its own.
 *
 * @module
 */

import { bytesFreed, collect } from "../gc/collect.ts";
import { openStore } from "../storage/store.ts";
import { TIMER_MS_MAX } from "../storage/limits.ts";
import { formatBytes } from "./format.ts";
import type { Settings } from "./settings/table.ts";
import { collectOptions, openConfiguredDriver, WALKED } from "./wire.ts";

/** The part of the global scope of a worker that the compiler's library for the main thread does not know. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<Settings>) => void) | null;
}

(globalThis as unknown as WorkerScope).onmessage = ({ data }): void => {
  const store = openStore(openConfiguredDriver(data, WALKED));
  const next = (): void => {
    setTimeout(async () => {
      await collectOnce(store, data);
      next();
    }, Math.min(data.gc.interval, TIMER_MS_MAX));
  };
  next();
};

async function collectOnce(store: ReturnType<typeof openStore>, settings: Settings): Promise<void> {
  try {
    const totals = await collect(store, collectOptions(settings), {
      problem: ({ what, problem }) => console.error(`berth serve: gc: ${what}: ${problem}`),
    });
    console.error(
      totals === null
        ? "berth serve: gc: another collection of this store is under way"
        : `berth serve: gc: freed ${formatBytes(bytesFreed(totals))}`,
    );
  } catch (error) {
    // The next interval tries again; the registry goes on serving meanwhile.
    console.error(`berth serve: gc: ${error instanceof Error ? error.message : error}`);
  }
}
