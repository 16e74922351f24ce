/**
 * Referrers: which manifests of a repository have a given manifest as their subject.
 *
 * The index on disk is derived data: links below `_referrers`, by subject. Distribution knows nothing of it, so a
 * repository may hold manifests that the index has not seen. Before an answer the revisions that are younger than
 * the mark in `_referrers/indexed` are looked at; once that is done for a repository, only new ones are.
 *
 * @module
 */

import type { Blobs } from "./blobs.ts";
import { BoundedMap } from "./bounded_map.ts";
import type { Descriptor } from "./descriptor.ts";
import { type Digest, DIGEST_ALGORITHMS, digestAlgorithm, digestBytes } from "./digest.ts";
import { NOT_DURABLE, type StorageDriver, type StoragePath } from "./driver.ts";
import { StorageError } from "./errors.ts";
import {
  decodeTime,
  digestFromNames,
  encodeTime,
  referrerDirectory,
  referrerLink,
  referrersDirectory,
  referrersIndexed,
  referrersOf,
  referrersOfAlgorithm,
  repositoriesRoot,
  revisionLink,
  revisionsOf,
} from "./layout.ts";
import {
  MANIFEST_BYTES_MAX,
  REFERRERS_DESCRIPTORS_MAX,
  REFERRERS_KNOWN_MAX,
  TIMES_SETTLED_MS,
} from "./limits.ts";
import { readLink, writeLink } from "./links.ts";
import { digestsBelow } from "./listing.ts";
import { readManifest, referrerDescriptor } from "./manifest.ts";
import type { RepositoryName } from "./names.ts";
import { Sightings } from "./sightings.ts";

const ALGORITHMS = Object.keys(DIGEST_ALGORITHMS);

/** What is known of the revisions of one repository. */
interface Known {
  /** The listings, by algorithm, that have been worked through. A driver gives the same one while nothing changes. */
  listings: readonly (readonly string[])[];
  /** The revisions that are in the index, or have no subject. */
  revisions: Set<Digest>;
  /** Referrers that could not be written to the index because the store is read-only, by subject. */
  readonly unwritten: Map<Digest, Set<Digest>>;
}

/** A manifest that was read for its subject. */
interface Referrer {
  readonly subject: Digest | null;
  readonly descriptor: Descriptor;
}

/** One entry of the index on disk. */
export interface ReferrerEntry {
  readonly subject: Digest;
  readonly manifest: Digest;
  /** Whether its link holds anything but the manifest. */
  readonly isDamaged: boolean;
}

/** The referrers of a store. */
export class Referrers {
  readonly #driver: StorageDriver;
  readonly #blobs: Blobs;
  readonly #nowMs: () => number;
  readonly #known = new BoundedMap<RepositoryName, Known>(REFERRERS_KNOWN_MAX);
  readonly #referrers = new BoundedMap<Digest, Referrer>(REFERRERS_DESCRIPTORS_MAX);
  /** Links of manifests that were there a moment ago: a subject may have a thousand referrers. */
  readonly #seen: Sightings<StoragePath, true>;

  constructor(driver: StorageDriver, blobs: Blobs, nowMs: () => number = Date.now) {
    this.#driver = driver;
    this.#blobs = blobs;
    this.#nowMs = nowMs;
    this.#seen = new Sightings(nowMs);
  }

  /** Notes that a manifest has a subject, within the commit of that manifest. */
  async put(name: RepositoryName, subject: Digest, manifest: Digest): Promise<void> {
    await writeLink(this.#driver, referrerLink(name, subject, manifest), manifest);
  }

  /** Forgets a manifest that is being removed; it may still refer to the subject in other repositories. */
  async forget(name: RepositoryName, subject: Digest, manifest: Digest): Promise<void> {
    const known = this.#known.get(name);
    known?.revisions.delete(manifest);
    known?.unwritten.get(subject)?.delete(manifest);
    await this.#driver.remove(referrerLink(name, subject, manifest), NOT_DURABLE);
    await this.#driver.prune(referrerDirectory(name, subject, manifest), repositoriesRoot);
  }

  /** The digests of the manifests that may refer to a subject, in ascending order. */
  async list(name: RepositoryName, subject: Digest): Promise<readonly Digest[]> {
    const known = await this.#catchUp(name);
    const digests = new Set(known.unwritten.get(subject));
    for (const [index, algorithm] of ALGORITHMS.entries()) {
      const listing = await this.#driver.list(referrersOfAlgorithm(name, subject, algorithm));
      for (const digest of digestsOf(listing, index)) digests.add(digest);
    }
    return [...digests].sort();
  }

  /**
   * Describes a manifest that {@linkcode list} named; `null` when it is gone or does not refer to the subject. That it
   * is there still is trusted for a moment: who deletes it takes it off the list, unless that is distribution.
   */
  async describe(
    name: RepositoryName,
    subject: Digest,
    manifest: Digest,
  ): Promise<Descriptor | null> {
    const link = revisionLink(name, manifest);
    if (this.#seen.get(link) === undefined) {
      if (await this.#driver.stat(link) === null) return null;
      this.#seen.set(link, true);
    }
    const referrer = await this.#read(manifest);
    return referrer?.subject === subject ? referrer.descriptor : null;
  }

  /** What the index on disk says of a repository, right or wrong. */
  async *entries(name: RepositoryName): AsyncGenerator<ReferrerEntry> {
    for await (const subject of digestsBelow(this.#driver, referrersDirectory(name))) {
      for await (const manifest of digestsBelow(this.#driver, referrersOf(name, subject))) {
        const path = referrerLink(name, subject, manifest);
        const info = await this.#driver.stat(path);
        if (info === null) continue;
        yield { subject, manifest, isDamaged: await readLink(this.#driver, path) !== manifest };
      }
    }
  }

  /** The revisions up to this time are in the index, in milliseconds since 1970; `-Infinity` when nobody says so. */
  async indexedMs(name: RepositoryName): Promise<number> {
    const content = await this.#driver.get(referrersIndexed(name), MANIFEST_BYTES_MAX);
    return (content === null ? null : decodeTime(content)) ?? -Infinity;
  }

  /** Brings the index up to the revisions that the repository has by now. */
  async #catchUp(name: RepositoryName): Promise<Known> {
    const remembered = this.#known.get(name);
    const known = remembered ??
      { listings: [], revisions: new Set<Digest>(), unwritten: new Map<Digest, Set<Digest>>() };
    const startedMs = this.#nowMs();
    const listings = await Promise.all(
      ALGORITHMS.map((algorithm) => this.#driver.list(revisionsOf(name, algorithm))),
    );
    if (listings.every((listing, index) => listing === known.listings[index])) return known;
    const revisions = new Set(listings.flatMap((listing, index) => digestsOf(listing, index)));
    const fresh = [...revisions].filter((digest) => !known.revisions.has(digest));
    if (fresh.length > 0) {
      // What was not here a moment ago is new, however old a copy that keeps times makes it look.
      const indexedMs = remembered === undefined ? await this.indexedMs(name) : -Infinity;
      const unwritten = await this.#indexAll(name, fresh, indexedMs, known);
      // They stay unknown, so that the next look tries them again: the mark must not pass them.
      for (const digest of unwritten) revisions.delete(digest);
      if (unwritten.length === 0) await this.#markIndexed(name, startedMs);
    }
    known.revisions = revisions;
    known.listings = listings;
    this.#known.set(name, known, revisions.size + 1);
    return known;
  }

  /** Looks at revisions younger than the mark; returns those that belong into the index, and the store did not take. */
  async #indexAll(
    name: RepositoryName,
    fresh: readonly Digest[],
    indexedMs: number,
    known: Known,
  ): Promise<readonly Digest[]> {
    const unwritten: Digest[] = [];
    for (const digest of fresh) {
      const info = await this.#driver.stat(revisionLink(name, digest));
      if (info === null || info.modifiedMs <= indexedMs) continue;
      if (!await this.#index(name, digest, known)) unwritten.push(digest);
    }
    return unwritten;
  }

  /** Writes the link of a manifest that has a subject; false when the store does not take it. */
  async #index(name: RepositoryName, digest: Digest, known: Known): Promise<boolean> {
    const subject = (await this.#read(digest))?.subject ?? null;
    if (subject === null) return true;
    const path = referrerLink(name, subject, digest);
    const unwritten = known.unwritten.get(subject) ?? new Set();
    const isWritten = await readLink(this.#driver, path) === digest ||
      await this.#tryWrite(() => writeLink(this.#driver, path, digest));
    if (isWritten) {
      unwritten.delete(digest);
      return true;
    }
    known.unwritten.set(subject, unwritten.add(digest));
    return false;
  }

  /** Writes the mark, early enough that a revision written in the same tick of the clock is looked at again. */
  async #markIndexed(name: RepositoryName, startedMs: number): Promise<void> {
    const mark = encodeTime(startedMs - TIMES_SETTLED_MS);
    await this.#tryWrite(async () =>
      await this.#driver.put(referrersIndexed(name), mark, NOT_DURABLE)
    );
  }

  /** Answering a question must not fail because what was learned on the way cannot be kept. */
  async #tryWrite(write: () => Promise<void>): Promise<boolean> {
    try {
      await write();
      return true;
    } catch (error) {
      if (error instanceof StorageError) return false;
      throw error;
    }
  }

  /** Reads a manifest's subject and descriptor; `null` when its bytes are gone, damaged or no manifest. */
  async #read(digest: Digest): Promise<Referrer | null> {
    const cached = this.#referrers.get(digest);
    if (cached !== undefined) return cached;
    const blob = await this.#blobs.statContent(digest);
    if (blob === null || blob.size > MANIFEST_BYTES_MAX) return null;
    const bytes = await this.#blobs.readSmall(blob);
    if (bytes === null || digestBytes(bytes, digestAlgorithm(digest)) !== digest) return null;
    const content = readManifest(bytes);
    if (content === null) return null;
    const referrer = {
      subject: content.subject?.digest ?? null,
      descriptor: referrerDescriptor(content, digest, blob.size),
    };
    if (referrer.subject !== null) this.#referrers.set(digest, referrer);
    return referrer;
  }
}

/** A driver gives the same listing while nothing changes. Listings of different algorithms are never the same. */
const digestsOfListings = new WeakMap<readonly string[], readonly Digest[]>();

/** The digests that a listing below the algorithm of this index stands for; foreign names are left out. */
function digestsOf(listing: readonly string[], index: number): readonly Digest[] {
  const remembered = digestsOfListings.get(listing);
  if (remembered !== undefined) return remembered;
  const algorithm = ALGORITHMS[index] ?? "";
  const digests = listing
    .map((hex) => digestFromNames(algorithm, hex))
    .filter((digest) => digest !== null);
  digestsOfListings.set(listing, digests);
  return digests;
}
