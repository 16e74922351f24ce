/**
 * Sorted directory listings, kept while their directory does not change.
 *
 * @module
 */

import { LISTING_CACHE_NAMES_MAX, LISTING_SETTLED_MS } from "./limits.ts";

interface Listing {
  readonly names: readonly string[];
  readonly modifiedMs: number;
}

/** Listings by directory, the least recently used dropped first. */
export class ListingCache {
  readonly #listings = new Map<string, Listing>();
  readonly #namesMax: number;
  #names = 0;

  constructor(namesMax: number = LISTING_CACHE_NAMES_MAX) {
    this.#namesMax = namesMax;
  }

  /** The listing of a directory that was last modified at this time; `null` when it must be read. */
  get(directory: string, modifiedMs: number): readonly string[] | null {
    const listing = this.#listings.get(directory);
    if (listing === undefined || listing.modifiedMs !== modifiedMs) return null;
    // A Map keeps insertion order: setting again makes it the most recently used.
    this.#listings.delete(directory);
    this.#listings.set(directory, listing);
    return listing.names;
  }

  /** Keeps a listing. `modifiedMs` must have been read before the names, and `nowMs` before both. */
  set(directory: string, names: readonly string[], modifiedMs: number, nowMs: number): void {
    this.delete(directory);
    // A directory that changed just now may change again within the same tick of its clock.
    if (nowMs - modifiedMs < LISTING_SETTLED_MS || names.length > this.#namesMax) return;
    this.#listings.set(directory, { names, modifiedMs });
    this.#names += names.length;
    for (const oldest of this.#listings.keys()) {
      if (this.#names <= this.#namesMax) break;
      this.delete(oldest);
    }
  }

  delete(directory: string): void {
    const listing = this.#listings.get(directory);
    if (listing === undefined) return;
    this.#listings.delete(directory);
    this.#names -= listing.names.length;
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
