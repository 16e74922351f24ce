/**
 * Repositories: directories that hold manifests, layers and uploads, and may hold further repositories.
 *
 * @module
 */

import { BoundedMap } from "./bounded_map.ts";
import { type CatalogPage, CatalogPages } from "./catalog_pages.ts";
import { type Digest, DIGEST_ALGORITHMS } from "./digest.ts";
import type { StorageDriver, StorageListOptions, StoragePath } from "./driver.ts";
import {
  below,
  digestFromNames,
  layerLink,
  layersDirectory,
  manifestsDirectory,
  referrersDirectory,
  repositoriesRoot,
  repositoryPrefix,
  revisionLink,
  revisionsOf,
  skeletonOf,
} from "./layout.ts";
import {
  LIST_SLICE_ENTRIES,
  MOUNT_SEARCH_REPOSITORIES_MAX,
  REPOSITORIES_KNOWN_MAX,
  REPOSITORY_NAME_CHARACTERS_MAX,
} from "./limits.ts";
import { isRepositoryComponent, parseRepositoryName, type RepositoryName } from "./names.ts";
import type { MemoryParts } from "./sightings.ts";

/** Which repositories somebody is shown. */
export type RepositoryFilter = (name: RepositoryName) => boolean;

/** The repositories of a store. */
export class Repositories {
  readonly #driver: StorageDriver;
  /** A revision that each repository was seen to have: one look tells whether it still has something. */
  readonly #revisions = new BoundedMap<RepositoryName, StoragePath>(REPOSITORIES_KNOWN_MAX);
  readonly #pages: CatalogPages;

  constructor(driver: StorageDriver, memory: MemoryParts) {
    this.#driver = driver;
    this.#pages = new CatalogPages(driver, memory);
  }

  /** Tells whether anything was ever pushed to a repository and is still there, be it only a blob. */
  async exists(name: RepositoryName): Promise<boolean> {
    return await this.#driver.stat(manifestsDirectory(name)) !== null ||
      await this.#driver.stat(layersDirectory(name)) !== null;
  }

  /** Tells whether a repository has at least one manifest, which is what brings it into the catalog. */
  async hasManifests(name: RepositoryName): Promise<boolean> {
    const known = this.#revisions.get(name);
    if (known !== undefined && await this.#driver.stat(known) !== null) return true;
    for (const algorithm of Object.keys(DIGEST_ALGORITHMS)) {
      for (const hex of await this.#driver.list(revisionsOf(name, algorithm))) {
        const digest = digestFromNames(algorithm, hex);
        if (digest === null) continue;
        const link = revisionLink(name, digest);
        // Distribution leaves an empty directory behind where it deleted a manifest.
        if (await this.#driver.stat(link) === null) continue;
        this.#revisions.set(name, link);
        return true;
      }
    }
    this.#revisions.delete(name);
    return false;
  }

  /**
   * The names of the repositories that have manifests, in the order of their bytes: those after `after`, at most
   * `limit`, and only those that `isShown` lets through; `null` for all. Looks only at the directories that a page passes
   * through, and at few of them when it did so a moment ago (see `catalog_pages.ts`).
   */
  async list(
    { after = "", limit = Infinity }: StorageListOptions = {},
    isShown: RepositoryFilter | null = null,
  ): Promise<readonly RepositoryName[]> {
    if (limit === 0) return [];
    const find = (): Promise<CatalogPage> => this.#findPage(after, limit, isShown);
    return isShown === null ? await this.#pages.get({ after, limit }, find) : (await find()).names;
  }

  async #findPage(
    after: string,
    limit: number,
    isShown: RepositoryFilter | null,
  ): Promise<CatalogPage> {
    const names: RepositoryName[] = [];
    const levels: StoragePath[] = [];
    for await (const name of this.#walk("", after, levels)) {
      if (isShown?.(name) === false || !await this.hasManifests(name)) continue;
      names.push(name);
      if (names.length >= limit) break;
    }
    return { names, levels };
  }

  /**
   * Finds a repository that links a blob, among those that `isAllowed` lets through; `null` when none of the first
   * ten thousand does.
   */
  async findLinking(
    digest: Digest,
    isAllowed: (name: RepositoryName) => boolean,
  ): Promise<RepositoryName | null> {
    let left = MOUNT_SEARCH_REPOSITORIES_MAX;
    for await (const name of this.#walk("", "")) {
      if (left-- === 0) return null;
      if (isAllowed(name) && await this.#driver.stat(layerLink(name, digest)) !== null) return name;
    }
    return null;
  }

  /** Every directory that can be a repository, whether it holds anything or not, in the order of the full names. */
  all(): AsyncGenerator<RepositoryName> {
    return this.#walk("", "");
  }

  /** Tells whether a repository has any of its own directories, whatever they hold. */
  async hasSkeleton(name: RepositoryName): Promise<boolean> {
    for (const directory of skeletonOf(name)) {
      if (await this.#driver.stat(directory) !== null) return true;
    }
    return false;
  }

  /**
   * Removes the empty directories of a repository that holds nothing any more, and those above it that become so. For
   * callers that run alone (see `gate.ts`).
   */
  async prune(name: RepositoryName): Promise<void> {
    // The index is derived data: without manifests it says nothing. With them a running server relies on it.
    if (!await this.hasManifests(name)) await this.#driver.removeAll(referrersDirectory(name));
    for (const directory of skeletonOf(name)) await this.#driver.prune(directory, repositoriesRoot);
  }

  /**
   * Walks the directories below a prefix that can be repositories, in the order of their full names, from the first
   * that sorts after `after`. Directories that others are looked for in are added to `levels`, if there is such a list, but for
   * those that held none.
   */
  async *#walk(
    prefix: string,
    after: string,
    levels: StoragePath[] | null = null,
  ): AsyncGenerator<RepositoryName> {
    for await (const step of this.#steps(prefix, after, levels)) {
      const path = `${prefix}${step}`;
      if (path.endsWith("/")) {
        yield* this.#walk(path, after.startsWith(path) ? after : "", levels);
      } else {
        const name = parseRepositoryName(path);
        if (name !== null) yield name;
      }
    }
  }

  /**
   * The steps of a walk at one level. As `-` and `.` sort before `/`, what lies below `a` comes after `a-b`: so each
   * directory is two steps, itself (`a`) and the level below it (`a/`), with others in between.
   */
  async *#steps(
    prefix: string,
    after: string,
    levels: StoragePath[] | null,
  ): AsyncGenerator<string> {
    const directory = repositoryPrefix(prefix);
    const rest = after.slice(prefix.length);
    let isLevel = prefix === "" || rest !== "";
    if (isLevel) levels?.push(directory);
    // Levels whose turn has not come; the last one is always the first in order, as the others begin its name.
    const pending = await this.#levelsAround(directory, rest);
    let last = rest;
    for (;;) {
      const names = await this.#driver.list(directory, { after: last, limit: LIST_SLICE_ENTRIES });
      for (const name of names) {
        if (!isRepositoryComponent(name)) continue;
        if (!isLevel) levels?.push(directory);
        isLevel = true;
        for (let level = pending.at(-1); level !== undefined && level < name;) {
          yield level;
          pending.pop();
          level = pending.at(-1);
        }
        yield name;
        pending.push(`${name}/`);
      }
      last = names.at(-1) ?? last;
      if (names.length < LIST_SLICE_ENTRIES) break;
    }
    yield* pending.reverse();
  }

  /** The levels below names that sort before `rest`, of which something may come after it. */
  async #levelsAround(directory: StoragePath, rest: string): Promise<string[]> {
    const levels: string[] = [];
    // A longer name is none, and no file system could look for it.
    const lengthMax = Math.min(rest.length, REPOSITORY_NAME_CHARACTERS_MAX);
    for (let length = 1; length <= lengthMax; length++) {
      const name = rest.slice(0, length);
      const next = rest.charAt(length);
      if (next > "/" || !isRepositoryComponent(name)) continue;
      const info = await this.#driver.stat(below(directory, name));
      if (info !== null && info.isDirectory) levels.push(`${name}/`);
      if (next === "/") break;
    }
    return levels;
  }
}
