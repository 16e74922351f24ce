/**
 * Tags: names for manifests, which can be given to another manifest.
 *
 * @module
 */

import type { Awaitable } from "./awaitable.ts";
import type { Digest } from "./digest.ts";
import {
  NOT_DURABLE,
  type StorageDriver,
  type StorageListOptions,
  type StoragePath,
} from "./driver.ts";
import type { Gate } from "./gate.ts";
import {
  repositoriesRoot,
  revisionLink,
  tagCurrentLink,
  tagDirectory,
  tagFromName,
  tagIndexDirectory,
  tagIndexEntry,
  tagIndexLink,
  tagsDirectory,
} from "./layout.ts";
import { LIST_SLICE_ENTRIES } from "./limits.ts";
import { digestsBelow, namesOf, nextTurn } from "./listing.ts";
import { readLink, writeLink } from "./links.ts";
import type { RepositoryName, Tag } from "./names.ts";
import { Sightings } from "./sightings.ts";

/** A directory of a tag. */
export interface TagEntry {
  readonly tag: Tag;
  /** What its link holds; `null` for none that can be read. */
  readonly digest: Digest | null;
  /** When the link was last written, in milliseconds since 1970; 0 when there is none. */
  readonly modifiedMs: number;
}

/** The tags of a store. */
export class Tags {
  readonly #driver: StorageDriver;
  readonly #gate: Gate;
  /** Links of tags that named a manifest a moment ago. */
  readonly #seen: Sightings<StoragePath, true>;

  constructor(driver: StorageDriver, gate: Gate, nowMs: () => number) {
    this.#driver = driver;
    this.#gate = gate;
    this.#seen = new Sightings(nowMs);
  }

  /** The manifest that a tag names; `null` when there is no such tag, or its link is damaged or points nowhere. */
  async resolve(name: RepositoryName, tag: Tag): Promise<Digest | null> {
    const digest = await this.named(name, tag);
    return digest !== null && await this.#hasManifest(name, digest) ? digest : null;
  }

  async #hasManifest(name: RepositoryName, digest: Digest): Promise<boolean> {
    return await this.#driver.stat(revisionLink(name, digest)) !== null;
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
   * directories of tags that cannot be resolved. That a tag names a manifest is trusted for a moment: who deletes it
   * takes its directory away.
   */
  async list(name: RepositoryName, options: StorageListOptions = {}): Promise<readonly Tag[]> {
    const tags: Tag[] = [];
    const seen = new Set<Digest>();
    let after = options.after;
    const limit = options.limit ?? Infinity;
    while (tags.length < limit) {
      const wanted = Math.min(limit - tags.length, LIST_SLICE_ENTRIES);
      const names = await this.#driver.list(tagsDirectory(name), {
        ...(after === undefined ? {} : { after }),
        limit: wanted,
      });
      for (const entry of names) {
        const tag = tagFromName(entry);
        if (tag !== null && await this.#names(name, tag, seen)) tags.push(tag);
      }
      if (tags.length >= limit || names.length < wanted) break;
      after = names.at(-1);
      // Another request may have its turn before the next slice. It costs a millisecond or two.
      await nextTurn();
    }
    return tags;
  }

  /** Whether a tag names a manifest that is there; those that were seen to be there are not looked at again. */
  async #names(name: RepositoryName, tag: Tag, seen: Set<Digest>): Promise<boolean> {
    const link = tagCurrentLink(name, tag);
    if (this.#seen.get(link) === true) return true;
    const digest = await readLink(this.#driver, link);
    if (digest === null) return false;
    if (!seen.has(digest)) {
      if (!await this.#hasManifest(name, digest)) return false;
      seen.add(digest);
    }
    this.#seen.set(link, true);
    return true;
  }

  /**
   * Every directory of a tag, with what its link holds: `null` for a link that is missing or damaged. Unlike
   * {@linkcode list} it does not ask whether the manifest is there.
   */
  async *entries(name: RepositoryName): AsyncGenerator<TagEntry> {
    for await (const entry of namesOf(this.#driver, tagsDirectory(name))) {
      const tag = tagFromName(entry);
      if (tag !== null) yield await this.entry(name, tag);
    }
  }

  /** What there is of one tag. */
  async entry(name: RepositoryName, tag: Tag): Promise<TagEntry> {
    const path = tagCurrentLink(name, tag);
    const info = await this.#driver.stat(path);
    return {
      tag,
      digest: info === null ? null : await readLink(this.#driver, path),
      modifiedMs: info?.modifiedMs ?? 0,
    };
  }

  /** Tells whether a tag has a directory, whatever is in it. */
  async isThere(name: RepositoryName, tag: Tag): Promise<boolean> {
    return (await this.#driver.stat(tagDirectory(name, tag)))?.isDirectory === true;
  }

  /** Every manifest that a tag ever named, as far as its history goes. */
  history(name: RepositoryName, tag: Tag): AsyncGenerator<Digest> {
    return digestsBelow(this.#driver, tagIndexDirectory(name, tag));
  }

  /** Gives a tag whose link is damaged back the manifest that it named. For callers that run alone (see `gate.ts`). */
  async restore(name: RepositoryName, tag: Tag, digest: Digest): Promise<void> {
    await writeLink(this.#driver, tagCurrentLink(name, tag), digest);
  }

  /** Removes a manifest from the history of a tag. For callers that run alone (see `gate.ts`). */
  async forget(name: RepositoryName, tag: Tag, digest: Digest): Promise<void> {
    const isRemoved = await this.#driver.remove(tagIndexLink(name, tag, digest), NOT_DURABLE);
    if (isRemoved) {
      await this.#driver.prune(tagIndexEntry(name, tag, digest), tagIndexDirectory(name, tag));
    }
  }

  /** The tags that name a manifest, whether that is there or not. */
  async naming(name: RepositoryName, digest: Digest): Promise<readonly Tag[]> {
    const naming: Tag[] = [];
    for await (const entry of namesOf(this.#driver, tagsDirectory(name))) {
      const tag = tagFromName(entry);
      if (tag !== null && await this.named(name, tag) === digest) naming.push(tag);
    }
    return naming;
  }

  /** Removes those of some tags that name a manifest, and returns them. For callers that run alone (see `gate.ts`). */
  async removeNaming(
    name: RepositoryName,
    digest: Digest,
    candidates: readonly Tag[],
  ): Promise<readonly Tag[]> {
    const removed: Tag[] = [];
    for (const tag of candidates) {
      if (await this.named(name, tag) !== digest) continue;
      await this.removeFound(name, tag);
      removed.push(tag);
    }
    return removed;
  }

  /** The manifest that a tag names, whether that is there or not; `null` when there is no link that can be read. */
  named(name: RepositoryName, tag: Tag): Awaitable<Digest | null> {
    return readLink(this.#driver, tagCurrentLink(name, tag));
  }
}
