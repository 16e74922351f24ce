/**
 * Blobs: content by digest, kept once and linked into the repositories that may read it.
 *
 * @module
 */

import { BoundedMap } from "./bounded_map.ts";
import {
  CANONICAL_ALGORITHM,
  type Digest,
  DIGEST_ALGORITHMS,
  digestAlgorithm,
  digestBytes,
} from "./digest.ts";
import { after, type Awaitable } from "./awaitable.ts";
import { NOT_DURABLE, type StorageDriver, type StorageSpan } from "./driver.ts";
import type { Gate } from "./gate.ts";
import {
  below,
  blobData,
  blobDirectory,
  blobsOf,
  blobsRoot,
  digestFromNames,
  layerDirectory,
  layerLink,
  layersDirectory,
  quarantinedBlob,
  repositoriesRoot,
} from "./layout.ts";
import {
  BLOB_BUFFERED_BYTES_MAX,
  BLOB_CACHE_BYTES_MAX,
  BLOB_CACHE_ENTRY_BYTES_MAX,
} from "./limits.ts";
import { readLink, writeLink } from "./links.ts";
import { digestsBelow, namesOf } from "./listing.ts";
import type { RepositoryName } from "./names.ts";
import { type MemoryParts, Sightings } from "./sightings.ts";

/** A blob that a repository may read. */
export interface Blob {
  /** What the content hashes to. Differs from the digest asked for where distribution wrote an alias link. */
  readonly digest: Digest;
  readonly size: number;
  readonly modifiedMs: number;
}

/** The bytes of a blob: at once for a small one, as a stream for a large one. */
export type BlobContent = Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array<ArrayBuffer>>;

/** The blobs of a store. */
export class Blobs {
  readonly #driver: StorageDriver;
  readonly #gate: Gate;
  /** Content by digest never changes, so it cannot go stale; that it still exists is asked of the driver. */
  readonly #cache: BoundedMap<Digest, Uint8Array<ArrayBuffer>>;
  /** Blobs in memory whose files were there a moment ago. */
  readonly #seen: Sightings<Digest, Blob>;

  constructor(driver: StorageDriver, gate: Gate, { watch, nowMs }: MemoryParts) {
    this.#driver = driver;
    this.#gate = gate;
    this.#seen = new Sightings(nowMs);
    this.#cache = new BoundedMap(BLOB_CACHE_BYTES_MAX, watch);
  }

  /** Looks a blob up in a repository; `null` when the repository does not link it or its bytes are gone. */
  async stat(name: RepositoryName, digest: Digest): Promise<Blob | null> {
    const target = await readLink(this.#driver, layerLink(name, digest));
    return target === null ? null : await this.statContent(target);
  }

  /**
   * Looks a blob up as {@linkcode stat} does, for clients that ask for it: trusts for a moment that what is in memory
   * is on disk too. A look at a file costs as much as a tenth of the whole request.
   */
  find(name: RepositoryName, digest: Digest): Awaitable<Blob | null> {
    return after(readLink(this.#driver, layerLink(name, digest)), (target) => {
      if (target === null) return null;
      return this.#seen.get(target) ?? this.#findContent(target);
    });
  }

  async #findContent(target: Digest): Promise<Blob | null> {
    const blob = await this.statContent(target);
    if (blob !== null && this.#cache.has(target)) this.#seen.set(target, blob);
    return blob;
  }

  /** Looks content up in the whole store. For callers that have checked that it may be read. */
  async statContent(digest: Digest): Promise<Blob | null> {
    const info = await this.#driver.stat(blobData(digest));
    if (info === null || info.isDirectory) return null;
    return { digest, size: info.size, modifiedMs: info.modifiedMs };
  }

  /** Reads a whole small blob or manifest, from memory where it can; `null` when its bytes are gone. */
  readSmall(blob: Blob): Awaitable<Uint8Array<ArrayBuffer> | null> {
    const cached = this.#cache.get(blob.digest);
    return cached?.length === blob.size ? cached : this.#readAndKeep(blob);
  }

  async #readAndKeep(blob: Blob): Promise<Uint8Array<ArrayBuffer> | null> {
    const bytes = await this.#driver.get(blobData(blob.digest), blob.size);
    if (bytes !== null && bytes.length <= BLOB_CACHE_ENTRY_BYTES_MAX) this.#keep(blob, bytes);
    return bytes;
  }

  /** Keeps bytes in memory, unless they are damaged: a push of the blob mends the disk, and not this memory. */
  #keep({ digest }: Blob, bytes: Uint8Array<ArrayBuffer>): void {
    if (digestBytes(bytes, digestAlgorithm(digest)) !== digest) return;
    this.#cache.set(digest, bytes, bytes.length);
  }

  /** Reads a whole small blob without keeping it in memory; `null` when its bytes are gone. */
  async readOnce(blob: Blob): Promise<Uint8Array<ArrayBuffer> | null> {
    return await this.#driver.get(blobData(blob.digest), blob.size);
  }

  /** Reads a span of a blob; `null` when its bytes are gone. */
  read(blob: Blob, span: StorageSpan): Awaitable<BlobContent | null> {
    const isWhole = span.start === 0 && span.end === blob.size;
    if (isWhole && blob.size <= BLOB_BUFFERED_BYTES_MAX) return this.readSmall(blob);
    return this.#driver.read(blobData(blob.digest), span);
  }

  /** Streams a whole blob from disk, past every cache; `null` when its bytes are gone. */
  async readStream(blob: Blob): Promise<ReadableStream<Uint8Array<ArrayBuffer>> | null> {
    return await this.#driver.read(blobData(blob.digest), { start: 0, end: blob.size });
  }

  /**
   * Marks content as relied on, so that collection leaves it alone; `false` when its bytes are gone. Holds only
   * within a commit (see `gate.ts`).
   */
  async touchContent(digest: Digest): Promise<boolean> {
    return await this.#driver.touch(blobData(digest));
  }

  /** Marks a blob as relied on within a commit; `false` when the repository does not link it or its bytes are gone. */
  async touch(name: RepositoryName, digest: Digest): Promise<boolean> {
    const target = await readLink(this.#driver, layerLink(name, digest));
    return target !== null && await this.touchContent(target);
  }

  /** Links a blob of one repository into another; `null` when the source has no such blob. */
  mount(name: RepositoryName, from: RepositoryName, digest: Digest): Promise<Blob | null> {
    return this.#gate.shared(async () => {
      const blob = await this.stat(from, digest);
      if (blob === null || !await this.touchContent(blob.digest)) return null;
      await this.link(name, digest, blob.digest);
      return blob;
    });
  }

  /** Lets a repository read content that is in the store, within a commit. `target` differs from `digest` in an alias. */
  async link(name: RepositoryName, digest: Digest, target: Digest = digest): Promise<void> {
    await writeLink(this.#driver, layerLink(name, target), target);
    if (digest !== target) await writeLink(this.#driver, layerLink(name, digest), target);
  }

  /** The digests that a repository links, whether their bytes are there or not. */
  links(name: RepositoryName): AsyncGenerator<Digest> {
    return digestsBelow(this.#driver, layersDirectory(name));
  }

  /** Looks at the link of a blob: when it was last written, and what it holds; `null` when there is none. */
  async statLink(
    name: RepositoryName,
    digest: Digest,
  ): Promise<{ readonly target: Digest | null; readonly modifiedMs: number } | null> {
    const path = layerLink(name, digest);
    const info = await this.#driver.stat(path);
    if (info === null) return null;
    return { target: await readLink(this.#driver, path), modifiedMs: info.modifiedMs };
  }

  /**
   * When somebody last relied on a link or on the bytes that it leads to, in milliseconds since 1970; 0 when there are
   * neither. Only the links of other algorithms are read: distribution writes an alias for them alone.
   */
  async usedMs(name: RepositoryName, digest: Digest): Promise<number> {
    const linkedMs = await this.linkedMs(name, digest);
    const isCanonical = digestAlgorithm(digest) === CANONICAL_ALGORITHM;
    const target = isCanonical ? null : await readLink(this.#driver, layerLink(name, digest));
    const blob = await this.statContent(target ?? digest);
    return Math.max(linkedMs ?? 0, blob?.modifiedMs ?? 0);
  }

  /** When the link of a blob was last written, in milliseconds since 1970; `null` when there is none. */
  async linkedMs(name: RepositoryName, digest: Digest): Promise<number | null> {
    return (await this.#driver.stat(layerLink(name, digest)))?.modifiedMs ?? null;
  }

  /** Every digest that has a directory in the store, be it a layer, a config or a manifest. */
  async *all(): AsyncGenerator<Digest> {
    for (const algorithm of Object.keys(DIGEST_ALGORITHMS)) {
      const directory = blobsOf(algorithm);
      for await (const shard of namesOf(this.#driver, directory)) {
        for await (const hex of namesOf(this.#driver, below(directory, shard))) {
          const digest = digestFromNames(algorithm, hex);
          if (digest !== null) yield digest;
        }
      }
    }
  }

  /** Takes a link away from a repository. For callers that run alone (see `gate.ts`). */
  async unlink(name: RepositoryName, digest: Digest): Promise<void> {
    await this.#driver.remove(layerLink(name, digest), NOT_DURABLE);
    await this.pruneLink(name, digest);
  }

  /** Removes the directory of a link if it is empty. */
  async pruneLink(name: RepositoryName, digest: Digest): Promise<void> {
    await this.#driver.prune(layerDirectory(name, digest), repositoriesRoot);
  }

  /** Removes the bytes of a digest. For callers that run alone (see `gate.ts`). */
  async removeContent(digest: Digest): Promise<void> {
    await this.#driver.remove(blobData(digest), NOT_DURABLE);
    await this.#driver.prune(blobDirectory(digest), blobsRoot);
  }

  /**
   * Moves damaged bytes out of the way, so that the next push of the digest heals it; `false` when there are none. For
   * callers that run alone (see `gate.ts`).
   */
  async quarantine(digest: Digest): Promise<boolean> {
    if (!await this.#driver.move(blobData(digest), quarantinedBlob(digest))) return false;
    this.#cache.delete(digest);
    this.#seen.delete(digest);
    await this.#driver.prune(blobDirectory(digest), blobsRoot);
    return true;
  }

  /** Takes a blob away from a repository; `false` when it had none. The bytes stay until they are collected. */
  remove(name: RepositoryName, digest: Digest): Promise<boolean> {
    return this.#gate.exclusive(async () => {
      if (await this.stat(name, digest) === null) return false;
      await this.#driver.remove(layerLink(name, digest));
      await this.#driver.prune(layerDirectory(name, digest), repositoriesRoot);
      return true;
    });
  }
}
