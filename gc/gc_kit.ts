/**
 * What the tests of collection are made of: a store in memory with a clock that stands still, and its collection.
 *
 * @module
 */

import { assert } from "@std/assert";
import type { StorageDriver } from "../storage/driver.ts";
import { MemoryDriver } from "../storage/memory.ts";
import { openStore, type Store } from "../storage/store.ts";
import { collect, type CollectOptions, type CollectTotals, type RemovalFate } from "./collect.ts";
import type { Removal } from "./removal.ts";

/** Long before any collection of a test. */
export const WRITTEN_MS = 1_000_000_000;

/** When collections of tests begin, if not said otherwise: ten days later. */
export const COLLECTED_MS = WRITTEN_MS + 864_000_000;

/** A store in memory, whose clock shows what a test says. */
export interface TimedStore {
  readonly store: Store;
  readonly driver: StorageDriver;
  /** The time that whatever is written from now on gets, in milliseconds since 1970. */
  setNow(timeMs: number): void;
}

/** Opens an empty store whose clock shows {@linkcode WRITTEN_MS}. */
export function timedStore(): TimedStore {
  let nowMs = WRITTEN_MS;
  const driver = new MemoryDriver({ clock: () => nowMs });
  return {
    driver,
    store: openStore(driver),
    setNow: (timeMs) => {
      nowMs = timeMs;
    },
  };
}

/** Options of a collection that removes untagged manifests and takes nothing for young. */
export const COLLECT: CollectOptions = {
  isDryRun: false,
  isPatient: false,
  deleteUntagged: true,
  minAgeMs: 0,
  uploadAgeMs: 0,
  isInScope: () => true,
  retention: () => null,
  nowMs: () => 0,
};

/** A collection, with all that was told of it. */
export interface Collected extends CollectTotals {
  readonly removals: readonly (readonly [Removal, RemovalFate])[];
}

/** Collects a store at {@linkcode COLLECTED_MS}. */
export async function collectAll(
  { store, setNow }: TimedStore,
  options: Partial<CollectOptions> = {},
): Promise<Collected> {
  setNow(COLLECTED_MS);
  const removals: [Removal, RemovalFate][] = [];
  const totals = await collect(store, { ...COLLECT, ...options }, {
    removal: (removal, fate) => {
      removals.push([removal, fate]);
    },
  });
  assert(totals !== null, "another collection is under way");
  return { ...totals, removals };
}

/** What was removed or would be, as `kind digest` or `kind name`, sorted. */
export function goneOf({ removals }: Collected): readonly string[] {
  return removals.filter(([, fate]) => fate !== "spared").map(([removal]) => {
    switch (removal.kind) {
      case "repository":
        return `repository ${removal.name}`;
      case "tag":
        return `tag ${removal.tag}`;
      case "upload":
        return "upload";
      case "staged":
        return "staged";
      default:
        return `${removal.kind} ${removal.digest}`;
    }
  }).sort();
}
