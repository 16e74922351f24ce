/**
 * Manifests: documents by digest, each a revision of one repository.
 *
 * @module
 */

import { after, type Awaitable } from "./awaitable.ts";
import type { Blob, Blobs } from "./blobs.ts";
import { BoundedMap } from "./bounded_map.ts";
import type { CatalogChanges } from "./catalog_changes.ts";
import { type Digest, digestAlgorithm, digestBytes } from "./digest.ts";
import { NOT_DURABLE, type StorageDriver, type StoragePath } from "./driver.ts";
import { StorageError } from "./errors.ts";
import type { Gate } from "./gate.ts";
import {
  blobData,
  repositoriesRoot,
  revisionDirectory,
  revisionLink,
  revisionsDirectory,
} from "./layout.ts";
import { MANIFEST_BYTES_MAX, MANIFEST_CACHE_BYTES_MAX } from "./limits.ts";
import { readLink, writeLink } from "./links.ts";
import { digestsBelow } from "./listing.ts";
import { readManifest } from "./manifest.ts";
import type { RepositoryName, Tag } from "./names.ts";
import type { Referrers } from "./referrers.ts";
import { type MemoryParts, Sightings } from "./sightings.ts";
import type { Tags } from "./tags.ts";

/** A manifest as it is kept. */
export interface StoredManifest {
  readonly digest: Digest;
  /** As the document says it (see `manifest.ts`); `""` when it does not. */
  readonly mediaType: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A manifest's link in a repository. */
export interface Revision {
  readonly digest: Digest;
  /** What the link holds; `null` when it is damaged. */
  readonly target: Digest | null;
  /** When the link was last written or touched, in milliseconds since 1970. */
  readonly modifiedMs: number;
}

/** A manifest to keep, with what it relies on. */
export interface ManifestPut {
  readonly digest: Digest;
  readonly bytes: Uint8Array;
  /** Blobs that the repository must have. */
  readonly blobs: readonly Digest[];
  /** Manifests that the repository must have. */
  readonly manifests: readonly Digest[];
  /** The manifest that this one refers to, which need not be there. */
  readonly subject: Digest | null;
  /** The tags that shall name it. */
  readonly tags: readonly Tag[];
  /** Decides, once nothing else can commit, whether to go on. It throws to refuse. */
  readonly precondition?: () => Promise<void>;
}

/** The manifests of a store. */
export class Manifests {
  readonly #driver: StorageDriver;
  readonly #gate: Gate;
  readonly #blobs: Blobs;
  readonly #tags: Tags;
  readonly #referrers: Referrers;
  readonly #catalog: CatalogChanges;
  /** Content by digest never changes, so it cannot go stale; that it still exists is asked of the driver. */
  readonly #manifests: BoundedMap<Digest, StoredManifest>;
  /** Manifests in memory whose files were there a moment ago, by the digest of their content. */
  readonly #seen: Sightings<Digest, true>;
  /** The digests of manifests that a repository linked a moment ago, by their links. */
  readonly #seenLinks: Sightings<StoragePath, Digest>;

  constructor(
    driver: StorageDriver,
    gate: Gate,
    blobs: Blobs,
    tags: Tags,
    referrers: Referrers,
    { watch, catalog, nowMs }: MemoryParts,
  ) {
    this.#manifests = new BoundedMap(MANIFEST_CACHE_BYTES_MAX, watch);
    this.#seen = new Sightings(nowMs);
    this.#seenLinks = new Sightings(nowMs);
    this.#driver = driver;
    this.#gate = gate;
    this.#blobs = blobs;
    this.#tags = tags;
    this.#referrers = referrers;
    this.#catalog = catalog;
  }

  /** Tells whether a repository has a manifest, without reading it. */
  async exists(name: RepositoryName, digest: Digest): Promise<boolean> {
    const target = await readLink(this.#driver, revisionLink(name, digest));
    return target !== null && await this.#blobs.statContent(target) !== null;
  }

  /** Reads a manifest of a repository; `null` when there is none, or its link is damaged, or its bytes are gone. */
  async get(name: RepositoryName, digest: Digest): Promise<StoredManifest | null> {
    const target = await readLink(this.#driver, revisionLink(name, digest));
    return target === null ? null : await this.#getContent(target);
  }

  /**
   * Reads a manifest as {@linkcode get} does, for clients that ask for it: trusts for a moment that what is in memory
   * is on disk too. A look at a file costs as much as a tenth of the whole request.
   */
  find(name: RepositoryName, digest: Digest): Awaitable<StoredManifest | null> {
    return this.#findAt(revisionLink(name, digest));
  }

  #findAt(link: StoragePath): Awaitable<StoredManifest | null> {
    return after(readLink(this.#driver, link), (target) => {
      if (target === null) return null;
      const known = this.#seen.get(target) === true ? this.#manifests.get(target) : undefined;
      return known ?? this.#findContent(target);
    });
  }

  async #findContent(target: Digest): Promise<StoredManifest | null> {
    const manifest = await this.#getContent(target);
    if (manifest !== null) this.#seen.set(target, true);
    return manifest;
  }

  /**
   * Reads the manifest that a tag names, for clients that ask for it; `null` when there is none. That the repository
   * has it is trusted for a moment, too: who deletes a manifest takes the tags away that name it.
   */
  findTagged(name: RepositoryName, tag: Tag): Awaitable<StoredManifest | null> {
    return after(this.#tags.named(name, tag), (digest) => {
      if (digest === null) return null;
      const link = revisionLink(name, digest);
      const target = this.#seenLinks.get(link);
      const known = target === undefined ? undefined : this.#manifests.get(target);
      return known ?? this.#findLinked(link);
    });
  }

  async #findLinked(link: StoragePath): Promise<StoredManifest | null> {
    const manifest = await this.#findAt(link);
    if (manifest !== null) this.#seenLinks.set(link, manifest.digest);
    return manifest;
  }

  async #getContent(digest: Digest): Promise<StoredManifest | null> {
    const blob = await this.#blobs.statContent(digest);
    if (blob === null) return null;
    if (blob.size > MANIFEST_BYTES_MAX) {
      throw new StorageError(
        "corrupt",
        `Cannot read manifest ${digest}: larger than ${MANIFEST_BYTES_MAX} bytes`,
      );
    }
    const cached = this.#manifests.get(digest);
    if (cached !== undefined && cached.bytes.length === blob.size) return cached;
    return await this.#read(blob);
  }

  /** Reads a manifest from disk, once; `null` when its bytes are damaged, so that clients push it again. */
  async #read(blob: Blob): Promise<StoredManifest | null> {
    const { digest } = blob;
    const bytes = await this.#driver.get(blobData(digest), MANIFEST_BYTES_MAX);
    if (bytes === null || digestBytes(bytes, digestAlgorithm(digest)) !== digest) return null;
    const manifest = { digest, mediaType: readManifest(bytes)?.mediaType ?? "", bytes };
    this.#manifests.set(digest, manifest, bytes.length);
    return manifest;
  }

  /** Every revision of a repository, with what its link holds and when it was last relied on. */
  async *revisions(name: RepositoryName): AsyncGenerator<Revision> {
    for await (const digest of digestsBelow(this.#driver, revisionsDirectory(name))) {
      const revision = await this.statRevision(name, digest);
      if (revision !== null) yield revision;
    }
  }

  /** The digests that have a directory among the revisions but no link: distribution leaves them when it deletes. */
  async *emptyRevisions(name: RepositoryName): AsyncGenerator<Digest> {
    for await (const digest of digestsBelow(this.#driver, revisionsDirectory(name))) {
      if (await this.#driver.stat(revisionLink(name, digest)) === null) yield digest;
    }
  }

  /** Removes the directory of a revision if it is empty. */
  async pruneRevision(name: RepositoryName, digest: Digest): Promise<void> {
    await this.#driver.prune(revisionDirectory(name, digest), repositoriesRoot);
  }

  /** Looks at one revision; `null` when there is no link. */
  async statRevision(name: RepositoryName, digest: Digest): Promise<Revision | null> {
    const path = revisionLink(name, digest);
    const info = await this.#driver.stat(path);
    if (info === null) return null;
    const target = await readLink(this.#driver, path);
    return { digest, target, modifiedMs: info.modifiedMs };
  }

  /** Makes a damaged revision link name its own manifest again. For callers that run alone (see `gate.ts`). */
  async restoreLink(name: RepositoryName, digest: Digest): Promise<void> {
    await writeLink(this.#driver, revisionLink(name, digest), digest);
  }

  /** Removes a revision and its entry among the referrers. For callers that run alone (see `gate.ts`). */
  async removeRevision(
    name: RepositoryName,
    digest: Digest,
    subject: Digest | null,
  ): Promise<void> {
    await this.#driver.remove(revisionLink(name, digest), NOT_DURABLE);
    this.#catalog.note();
    if (subject !== null) await this.#referrers.forget(name, subject, digest);
    await this.pruneRevision(name, digest);
  }

  /**
   * Keeps a manifest and gives it its tags. Returns what it relies on and the repository does not have; then
   * nothing was written.
   */
  async put(name: RepositoryName, manifest: ManifestPut): Promise<readonly Digest[]> {
    const { precondition } = manifest;
    if (precondition === undefined) {
      return await this.#gate.shared(() => this.#commit(name, manifest));
    }
    return await this.#gate.exclusive(async () => {
      await precondition();
      return await this.#commit(name, manifest);
    });
  }

  /**
   * Removes a manifest and every tag that names it; `null` when there was none, else the tags that went with it.
   */
  async remove(name: RepositoryName, digest: Digest): Promise<readonly Tag[] | null> {
    if (await this.get(name, digest) === null) return null;
    // A repository may have ten thousand tags, and commits must not wait while all of them are read.
    const candidates = await this.#tags.naming(name, digest);
    const removed = await this.#gate.exclusive(async () => {
      const manifest = await this.get(name, digest);
      if (manifest === null) return null;
      const tags = await this.#tags.removeNaming(name, digest, candidates);
      await this.#driver.remove(revisionLink(name, digest));
      this.#catalog.note();
      const subject = readManifest(manifest.bytes)?.subject?.digest ?? null;
      if (subject !== null) await this.#referrers.forget(name, subject, digest);
      await this.pruneRevision(name, digest);
      return tags;
    });
    if (removed === null) return null;
    return [...removed, ...await this.#removeDangling(name, digest)];
  }

  /**
   * Removes the tags that were given to a manifest while its candidates were read, and point nowhere now. From the
   * removal on nobody can give it another, unless it is pushed again.
   */
  async #removeDangling(name: RepositoryName, digest: Digest): Promise<readonly Tag[]> {
    const candidates = await this.#tags.naming(name, digest);
    if (candidates.length === 0) return [];
    return await this.#gate.exclusive(async () => {
      if (await this.statRevision(name, digest) !== null) return [];
      return await this.#tags.removeNaming(name, digest, candidates);
    });
  }

  async #commit(name: RepositoryName, manifest: ManifestPut): Promise<readonly Digest[]> {
    const missing = await this.#touchAll(name, manifest);
    if (missing.length > 0) return missing;
    const { digest, subject } = manifest;
    await this.#putContent(digest, manifest.bytes);
    await writeLink(this.#driver, revisionLink(name, digest), digest);
    this.#catalog.note();
    if (subject !== null) await this.#referrers.put(name, subject, digest);
    for (const tag of manifest.tags) await this.#tags.put(name, tag, digest);
    return [];
  }

  /** Touches everything that a manifest relies on; returns what is missing, each digest once. */
  async #touchAll(name: RepositoryName, manifest: ManifestPut): Promise<readonly Digest[]> {
    const missing: Digest[] = [];
    for (const digest of new Set(manifest.blobs)) {
      if (!await this.#blobs.touch(name, digest)) missing.push(digest);
    }
    for (const digest of new Set(manifest.manifests)) {
      if (!await this.#touch(name, digest)) missing.push(digest);
    }
    return missing;
  }

  async #touch(name: RepositoryName, digest: Digest): Promise<boolean> {
    const path = revisionLink(name, digest);
    const target = await readLink(this.#driver, path);
    if (target === null) return false;
    return await this.#driver.touch(path) && await this.#blobs.touchContent(target);
  }

  /** Writes the bytes of a manifest, unless the same bytes are there, which are then touched. */
  async #putContent(digest: Digest, bytes: Uint8Array): Promise<void> {
    const blob = await this.#blobs.statContent(digest);
    if (blob !== null && blob.size === bytes.length) {
      const present = await this.#driver.get(blobData(digest), blob.size);
      if (
        present !== null && equalBytes(present, bytes) && await this.#blobs.touchContent(digest)
      ) return;
    }
    await this.#driver.put(blobData(digest), bytes);
  }
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
