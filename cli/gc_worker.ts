/**
 * The collector of a server: collects the store at intervals, in a thread of its own.
 *
 * @module
 */

import { bytesFreed, collect } from "../gc/collect.ts";
import { TIMER_MS_MAX } from "../storage/limits.ts";
import { openStore, type Store } from "../storage/store.ts";
import { formatBytes } from "./format.ts";
import type { Settings } from "./settings/table.ts";
import { type Collected, say, upkeepScope } from "./upkeep_report.ts";
import { collectOptions, openConfiguredDriver, WALKED } from "./wire.ts";

const MS_IN_ONE_SECOND = 1_000;

const scope = upkeepScope();

scope.onmessage = ({ data }): void => {
  const store = openStore(openConfiguredDriver(data, WALKED));
  const next = (): void => {
    setTimeout(async () => {
      const startedMs = performance.now();
      const ended = await collectOnce(store, data);
      const seconds = (performance.now() - startedMs) / MS_IN_ONE_SECOND;
      scope.postMessage({ kind: "collected", collected: { ...ended, seconds } });
      next();
    }, Math.min(data.gc.interval, TIMER_MS_MAX));
  };
  next();
};

async function collectOnce(store: Store, settings: Settings): Promise<Omit<Collected, "seconds">> {
  let problems = 0;
  try {
    const totals = await collect(store, collectOptions(settings), {
      problem({ what, problem }): void {
        problems++;
        say(scope, "warn", `gc: ${what}: ${problem}`);
      },
    });
    if (totals === null) {
      say(scope, "info", "gc: another collection of this store is under way");
      return { outcome: "busy", removed: {}, problems };
    }
    say(scope, "info", `gc: freed ${formatBytes(bytesFreed(totals))}`);
    return { outcome: "done", removed: totals.removed, problems };
  } catch (error) {
    // The next interval tries again; the registry goes on serving meanwhile.
    say(scope, "error", `gc: ${error instanceof Error ? error.message : error}`);
    return { outcome: "failed", removed: {}, problems };
  }
}
