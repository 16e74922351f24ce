/**
 * What was seen on disk a moment ago.
 *
 * @module
 */

import { BoundedMap, type CacheWatch } from "./bounded_map.ts";
import type { CatalogChanges } from "./catalog_changes.ts";
import { SIGHTING_MS, SIGHTINGS_MAX } from "./limits.ts";

/**
 * What the memory over a driver needs: whom to tell of looks into it, what all threads know of changes, and a clock in
 * milliseconds.
 */
export interface MemoryParts {
  readonly watch: CacheWatch | null;
  readonly catalog: CatalogChanges;
  readonly nowMs: () => number;
}

/** Remembers for {@linkcode SIGHTING_MS} what was found, so that it is not looked for at every request. */
export class Sightings<K, V> {
  readonly #found: BoundedMap<K, { readonly value: V; readonly untilMs: number }>;
  readonly #nowMs: () => number;

  /** Forgets the oldest once their weights together are more than `weightMax`. */
  constructor(nowMs: () => number, weightMax: number = SIGHTINGS_MAX) {
    this.#found = new BoundedMap(weightMax);
    this.#nowMs = nowMs;
  }

  /** What was found there; `undefined` when nobody looked lately. */
  get(key: K): V | undefined {
    const found = this.#found.get(key);
    return found !== undefined && this.#nowMs() < found.untilMs ? found.value : undefined;
  }

  /** Keeps what was found on disk just now, or since `fromMs` where that took some time. */
  set(key: K, value: V, weight = 1, fromMs: number = this.#nowMs()): void {
    this.#found.set(key, { value, untilMs: fromMs + SIGHTING_MS }, weight);
  }

  delete(key: K): void {
    this.#found.delete(key);
  }
}
