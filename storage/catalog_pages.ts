/**
 * Pages of the catalog, kept for a moment.
 *
 * @module
 */

import type { CatalogChanges } from "./catalog_changes.ts";
import type { StorageDriver, StoragePath } from "./driver.ts";
import { CATALOG_PAGES_NAMES_MAX, TIMES_SETTLED_MS } from "./limits.ts";
import type { RepositoryName } from "./names.ts";
import { type MemoryParts, Sightings } from "./sightings.ts";

/** Which page: at most `limit` names that sort after `after`. */
export interface CatalogPlace {
  readonly after: string;
  readonly limit: number;
}

/** What was found for a page. */
export interface CatalogPage {
  readonly names: readonly RepositoryName[];
  /** The directories out of which the repositories come, without those that hold nothing but one repository. */
  readonly levels: readonly StoragePath[];
}

interface KeptPage {
  readonly names: readonly RepositoryName[];
  readonly levels: readonly { readonly path: StoragePath; readonly modifiedMs: number }[];
  readonly changes: bigint;
}

/**
 * Pages that were found a moment ago (see `sightings.ts`): two looks at each of a hundred repositories take a
 * millisecond. What this server pushes and deletes is seen at once, and so are directories that another program makes
 * beside the repositories of a page; that it gave one its first manifest, or took its last, or made one below it, when
 * the page is looked for again.
 */
export class CatalogPages {
  readonly #driver: StorageDriver;
  readonly #changes: CatalogChanges;
  readonly #nowMs: () => number;
  readonly #pages: Sightings<string, KeptPage>;

  constructor(driver: StorageDriver, { catalog, nowMs }: MemoryParts) {
    this.#driver = driver;
    this.#changes = catalog;
    this.#nowMs = nowMs;
    this.#pages = new Sightings(nowMs, CATALOG_PAGES_NAMES_MAX);
  }

  /** The names of a page, from memory where they can be, else as `find` finds them. */
  async get(
    place: CatalogPlace,
    find: () => Promise<CatalogPage>,
  ): Promise<readonly RepositoryName[]> {
    const key = `${place.limit}/${place.after}`;
    const kept = this.#pages.get(key);
    if (kept !== undefined && await this.#isCurrent(kept)) return kept.names;
    const startedMs = this.#nowMs();
    const changes = this.#changes.count;
    const { names, levels } = await find();
    const seen = await this.#lookAt(levels, startedMs);
    if (seen === null) this.#pages.delete(key);
    else {
      const page = { names, levels: seen, changes };
      this.#pages.set(key, page, 1 + names.length + levels.length, startedMs);
    }
    return names;
  }

  async #isCurrent({ changes, levels }: KeptPage): Promise<boolean> {
    if (changes !== this.#changes.count) return false;
    for (const { path, modifiedMs } of levels) {
      const info = await this.#driver.stat(path);
      if (info?.modifiedMs !== modifiedMs) return false;
    }
    return true;
  }

  /** When directories were last modified; `null` where one may have been while they were walked through. */
  async #lookAt(
    levels: readonly StoragePath[],
    startedMs: number,
  ): Promise<KeptPage["levels"] | null> {
    const seen = [];
    for (const path of levels) {
      const info = await this.#driver.stat(path);
      if (info === null || startedMs - info.modifiedMs < TIMES_SETTLED_MS) return null;
      seen.push({ path, modifiedMs: info.modifiedMs });
    }
    return seen;
  }
}
