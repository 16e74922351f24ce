/**
 * Tags: names for manifests, which can be given to another manifest.
 *
 * @module
 */

import type { Digest } from "./digest.ts";
import type { StorageDriver, StorageListOptions } from "./driver.ts";
import type { Gate } from "./gate.ts";
import {
  repositoriesRoot,
  revisionLink,
  tagCurrentLink,
  tagDirectory,
  tagFromName,
  tagIndexLink,
  tagsDirectory,
} from "./layout.ts";
import { LIST_SLICE_ENTRIES } from "./limits.ts";
import { readLink, writeLink } from "./links.ts";
import type { RepositoryName, Tag } from "./names.ts";

/** The tags of a store. */
export class Tags {
  readonly #driver: StorageDriver;
  readonly #gate: Gate;

  constructor(driver: StorageDriver, gate: Gate) {
    this.#driver = driver;
    this.#gate = gate;
  }

  /** The manifest that a tag names; `null` when there is no such tag, or its link is damaged or points nowhere. */
  async resolve(name: RepositoryName, tag: Tag): Promise<Digest | null> {
    const digest = await readLink(this.#driver, tagCurrentLink(name, tag));
    if (digest === null) return null;
    const revision = await this.#driver.stat(revisionLink(name, digest));
    return revision === null ? null : digest;
  }

  /**
   * Makes a tag name a manifest that is in the repository, within a commit. The history comes before the link, as
   * distribution writes them: a crash in between leaves the tag as it was.
   */
  async put(name: RepositoryName, tag: Tag, digest: Digest): Promise<void> {
    await writeLink(this.#driver, tagIndexLink(name, tag, digest), digest);
    await writeLink(this.#driver, tagCurrentLink(name, tag), digest);
  }

  /** Removes a tag with its history; `false` when there was none that could be read. */
  remove(name: RepositoryName, tag: Tag): Promise<boolean> {
    return this.#gate.exclusive(async () => {
      if (await this.resolve(name, tag) === null) return false;
      await this.removeFound(name, tag);
      return true;
    });
  }

  /** Removes what is there of a tag. For callers that run alone (see `gate.ts`). */
  async removeFound(name: RepositoryName, tag: Tag): Promise<void> {
    // The link goes first, so that a crash leaves no tag rather than one without a history.
    await this.#driver.remove(tagCurrentLink(name, tag));
    await this.#driver.removeAll(tagDirectory(name, tag));
    await this.#driver.prune(tagsDirectory(name), repositoriesRoot);
  }

  /**
   * The tags of a repository in the order of their bytes: those after `after`, at most `limit`. Leaves out
   * directories of tags that cannot be resolved.
   */
  async list(name: RepositoryName, options: StorageListOptions = {}): Promise<readonly Tag[]> {
    const tags: Tag[] = [];
    let after = options.after;
    const limit = options.limit ?? Infinity;
    while (tags.length < limit) {
      const names = await this.#driver.list(tagsDirectory(name), {
        ...(after === undefined ? {} : { after }),
        limit: Math.min(limit - tags.length, LIST_SLICE_ENTRIES),
      });
      if (names.length === 0) break;
      for (const entry of names) {
        const tag = tagFromName(entry);
        if (tag !== null && await this.resolve(name, tag) !== null) tags.push(tag);
      }
      after = names.at(-1);
      // Another request may have its turn before the next slice.
      await nextTurn();
    }
    return tags;
  }

  /** The tags that name a manifest. */
  async naming(name: RepositoryName, digest: Digest): Promise<readonly Tag[]> {
    const naming: Tag[] = [];
    for (const tag of await this.list(name)) {
      if (await this.resolve(name, tag) === digest) naming.push(tag);
    }
    return naming;
  }
}

/** Lets the event loop do what has come in meanwhile. Awaiting a value does not. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
