/**
 * Sorted directory listings, kept while their directory does not change.
 *
 * @module
 */

import { BoundedMap } from "./bounded_map.ts";
import { LISTING_CACHE_NAMES_MAX, TIMES_SETTLED_MS } from "./limits.ts";

/** Listings by directory, the least recently used dropped first. */
export class ListingCache {
  readonly #listings: BoundedMap<string, { names: readonly string[]; modifiedMs: number }>;

  constructor(namesMax: number = LISTING_CACHE_NAMES_MAX) {
    this.#listings = new BoundedMap(namesMax);
  }

  /** The listing of a directory that was last modified at this time; `null` when it must be read. */
  get(directory: string, modifiedMs: number): readonly string[] | null {
    const listing = this.#listings.get(directory);
    return listing?.modifiedMs === modifiedMs ? listing.names : null;
  }

  /** Keeps a listing. `modifiedMs` must have been read before the names, and `nowMs` before both. */
  set(directory: string, names: readonly string[], modifiedMs: number, nowMs: number): void {
    // A directory that changed just now may change again within the same tick of its clock.
    if (nowMs - modifiedMs < TIMES_SETTLED_MS) this.#listings.delete(directory);
    else this.#listings.set(directory, { names, modifiedMs }, names.length + 1);
  }
}

/** Index of the first name after `after` in a sorted list, by halving. */
export function firstAfter(names: readonly string[], after: string): number {
  let low = 0;
  let high = names.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((names[middle] ?? "") <= after) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The part of a sorted list that a page asks for. */
export function pageOf(
  names: readonly string[],
  after: string | undefined,
  limit: number | undefined,
): readonly string[] {
  if (after === undefined && limit === undefined) return names;
  const start = after === undefined ? 0 : firstAfter(names, after);
  return names.slice(start, limit === undefined ? undefined : start + limit);
}
