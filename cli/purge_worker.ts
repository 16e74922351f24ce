/**
 * One purge of a store, in a thread of its own, as it reads directories synchronously.
 *
 * @module
 */

import { purgeUploads } from "../gc/purge_uploads.ts";
import { openStore } from "../storage/store.ts";
import type { Settings } from "./settings/table.ts";
import { endThread, say, upkeepScope } from "./upkeep_report.ts";
import { openConfiguredDriver } from "./wire.ts";

const scope = upkeepScope();

scope.onmessage = async ({ data }): Promise<void> => {
  try {
    await purge(data);
  } catch (error) {
    // The next interval tries again; the registry goes on serving meanwhile.
    say(scope, "error", `upload purging: ${error instanceof Error ? error.message : error}`);
  } finally {
    endThread(scope);
  }
};

async function purge(settings: Settings): Promise<void> {
  const { age, dryrun } = settings.storage.maintenance.uploadpurging;
  const store = openStore(openConfiguredDriver(settings));
  const counts = { removed: 0, planned: 0, undated: 0 };
  await purgeUploads(
    store,
    { olderThanMs: Date.now() - age, isDryRun: dryrun },
    (name, id, fate) => {
      counts[fate]++;
      if (fate === "planned") say(scope, "info", `would purge upload ${id} of ${name}`);
    },
  );
  store.gate.close();
  const { removed, undated } = counts;
  scope.postMessage({ kind: "purged", uploads: removed });
  if (removed > 0) say(scope, "info", `purged ${removed} uploads`);
  if (undated > 0) {
    say(scope, "warn", `${undated} uploads do not say when they began, and are kept`);
  }
}
