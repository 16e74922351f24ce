/**
 * Which directories need not be looked at to know that they are not empty.
 *
 * @module
 */

import { BoundedMap } from "./bounded_map.ts";
import { OCCUPIED_DIRECTORIES_MAX } from "./limits.ts";

/** Links of a directory without others in it: its name and its `.`; each one in it adds a `..`. */
const EMPTY_DIRECTORY_LINKS = 2;

/**
 * Directories out of which others are removed, ten thousands of them one after the other. Who has seen many in it looks
 * again after half as many were removed; a server that removes others meanwhile may make it miss the moment at which a
 * directory gets empty.
 */
export class OccupiedDirectories {
  /** How many may still be removed from each before the next look. */
  readonly #left = new BoundedMap<string, number>(OCCUPIED_DIRECTORIES_MAX);

  /**
   * Whether a directory, one out of which was just removed, is known to hold others still. File systems that do not
   * count them say no. Throws what the operating system says.
   */
  lose(directory: string): boolean {
    const left = this.#left.get(directory) ?? 0;
    const seen = left > 0 ? left - 1 : look(directory);
    if (seen === null) this.#left.delete(directory);
    else this.#left.set(directory, seen);
    return seen !== null;
  }
}

/** How many can be removed before the next look; `null` when a directory may be empty. */
function look(directory: string): number | null {
  const { nlink } = Deno.lstatSync(directory);
  const others = nlink === null ? 0 : nlink - EMPTY_DIRECTORY_LINKS;
  return others > 0 ? Math.floor(others / 2) : null;
}
