/**
 * One survey of a store, in a thread of its own, as it reads directories synchronously.
 *
 * @module
 */

import { openStore } from "../storage/store.ts";
import { surveyStore } from "../storage/store_survey.ts";
import { endThread, say, upkeepScope } from "./upkeep_report.ts";
import { openConfiguredDriver, WALKED } from "./wire.ts";

const MS_IN_ONE_SECOND = 1_000;

const scope = upkeepScope();

scope.onmessage = async ({ data }): Promise<void> => {
  try {
    const startedMs = performance.now();
    // A directory that is gone must not be made again: the checks of health look for it.
    Deno.statSync(data.storage.filesystem?.rootdirectory ?? "");
    const size = await surveyStore(openStore(openConfiguredDriver(data, WALKED)));
    const seconds = (performance.now() - startedMs) / MS_IN_ONE_SECOND;
    scope.postMessage({ kind: "surveyed", surveyed: { ...size, seconds } });
  } catch (error) {
    // The next interval tries again.
    say(scope, "warn", `survey of the store: ${error instanceof Error ? error.message : error}`);
  } finally {
    endThread(scope);
  }
};
