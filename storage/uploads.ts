/**
 * Uploads: blobs on their way into the store.
 *
 * An upload is its directory. The offset is the size of its `data`, so any worker, any process and a restarted server
 * can go on with it. The running hash is a cache of the file, kept in memory; where it is missing, the file is read
 * again.
 *
 * @module
 */

import { type AppendOptions, appendStream } from "./append_stream.ts";
import type { Blob, Blobs } from "./blobs.ts";
import {
  CANONICAL_ALGORITHM,
  type Digest,
  type DigestAlgorithm,
  digestAlgorithm,
  RunningDigest,
} from "./digest.ts";
import { NOT_DURABLE, type StorageDriver, type StorageWriter } from "./driver.ts";
import { StorageError } from "./errors.ts";
import type { Gate } from "./gate.ts";
import {
  blobData,
  decodeTime,
  encodeTime,
  uploadData,
  uploadDirectory,
  uploadsDirectory,
  uploadStartedAt,
} from "./layout.ts";
import { LINK_BYTES_MAX } from "./limits.ts";
import { namesOf } from "./listing.ts";
import { newUploadId, parseUploadId, type RepositoryName, type UploadId } from "./names.ts";
import { type ByteStream, PieceReader } from "./piece_reader.ts";
import type { UploadDigests } from "./upload_digests.ts";

/** An upload under way. */
export interface Upload {
  /** Bytes so far, which is where the next chunk begins. */
  readonly size: number;
  /** Milliseconds since 1970; `null` when the store does not say. */
  readonly startedMs: number | null;
  /** When the last bytes came, in milliseconds since 1970. */
  readonly modifiedMs: number;
}

/** What came in with one request. */
export interface UploadChunk {
  readonly body: ByteStream | null;
  /** How to take the body from the network. */
  readonly pieces?: AppendOptions;
  /** Where the client says that the chunk begins; `null` when it does not say. */
  readonly start: number | null;
}

/** How an upload went on: it may be unknown, or be held by another request, or stand elsewhere than the chunk begins. */
export type UploadOutcome<T> =
  | { readonly kind: "done"; readonly value: T }
  | { readonly kind: "unknown" }
  | { readonly kind: "busy"; readonly size: number }
  | { readonly kind: "misplaced"; readonly size: number };

/** The uploads of a store. */
export class Uploads {
  readonly #driver: StorageDriver;
  readonly #gate: Gate;
  readonly #blobs: Blobs;
  readonly #digests: UploadDigests;
  readonly #nowMs: () => number;

  constructor(
    driver: StorageDriver,
    gate: Gate,
    blobs: Blobs,
    digests: UploadDigests,
    nowMs: () => number = Date.now,
  ) {
    this.#driver = driver;
    this.#gate = gate;
    this.#blobs = blobs;
    this.#digests = digests;
    this.#nowMs = nowMs;
  }

  /** Begins an upload. The algorithm is a hint: any other can be asked for at the end, at the price of a second read. */
  async start(
    name: RepositoryName,
    algorithm: DigestAlgorithm = CANONICAL_ALGORITHM,
  ): Promise<UploadId> {
    const id = newUploadId();
    // Nobody is promised that an upload outlives a power cut, so nothing waits for the disk here.
    const startedAt = encodeTime(this.#nowMs());
    await this.#driver.put(uploadStartedAt(name, id), startedAt, NOT_DURABLE);
    const writer = await this.#driver.append(uploadData(name, id), { create: true });
    writer?.close();
    this.#digests.keep(id, new RunningDigest(algorithm));
    return id;
  }

  /** Looks at an upload; `null` when there is none. */
  async stat(name: RepositoryName, id: UploadId): Promise<Upload | null> {
    const info = await this.#driver.stat(uploadData(name, id));
    if (info === null || info.isDirectory) return null;
    return {
      size: info.size,
      startedMs: await this.startedMs(name, id),
      modifiedMs: info.modifiedMs,
    };
  }

  /** When an upload began, in milliseconds since 1970; `null` when it does not say, or is not there. */
  async startedMs(name: RepositoryName, id: UploadId): Promise<number | null> {
    const startedAt = await this.#driver.get(uploadStartedAt(name, id), LINK_BYTES_MAX);
    return startedAt === null ? null : decodeTime(startedAt);
  }

  /** When an upload last got bytes or began, in milliseconds since 1970; `null` when nothing of it is there. */
  async usedMs(name: RepositoryName, id: UploadId): Promise<number | null> {
    // An upload that begins has no bytes yet, and one that ends has none any more.
    const info = await this.#driver.stat(uploadData(name, id)) ??
      await this.#driver.stat(uploadStartedAt(name, id));
    return info === null ? null : info.modifiedMs;
  }

  /** Appends a chunk; the value is the new size. What arrived of a body that fails is kept. */
  async append(
    name: RepositoryName,
    id: UploadId,
    chunk: UploadChunk,
  ): Promise<UploadOutcome<number>> {
    return await this.#withWriter(name, id, chunk, async (writer) => {
      const running = this.#take(id, writer.size);
      await this.#appendHashed(id, writer, running, chunk);
      if (running !== null) this.#digests.announce(id, running);
      return writer.size;
    });
  }

  /**
   * Appends the last chunk, if there is one, and makes the upload a blob of the repository. The value is `null`
   * when the bytes have another digest; the upload is gone then, as with distribution.
   */
  async finish(
    name: RepositoryName,
    id: UploadId,
    digest: Digest,
    chunk: UploadChunk,
  ): Promise<UploadOutcome<Blob | null>> {
    return await this.#withWriter(name, id, chunk, async (writer) => {
      const actual = await this.#appendLast(name, id, writer, chunk, digestAlgorithm(digest));
      if (actual !== digest) {
        await this.#discard(name, id);
        return null;
      }
      await this.#waitForDisk(name, id, () => writer.sync());
      const { size } = writer;
      await this.#commit(name, id, digest);
      await this.#discard(name, id);
      return { digest, size, modifiedMs: this.#nowMs() };
    });
  }

  /** Every upload of a repository, whatever its state. */
  async *ids(name: RepositoryName): AsyncGenerator<UploadId> {
    for await (const entry of namesOf(this.#driver, uploadsDirectory(name))) {
      const id = parseUploadId(entry);
      if (id !== null) yield id;
    }
  }

  /** Tells whether an upload has a directory, whatever is in it. */
  async isThere(name: RepositoryName, id: UploadId): Promise<boolean> {
    return (await this.#driver.stat(uploadDirectory(name, id)))?.isDirectory === true;
  }

  /** Cancels an upload; `false` when there was none. */
  async cancel(name: RepositoryName, id: UploadId): Promise<boolean> {
    this.#digests.drop(id);
    return await this.#driver.removeAll(uploadDirectory(name, id));
  }

  /** Puts the bytes in their place and links them. A blob that is there is replaced, which mends it if it was damaged. */
  #commit(name: RepositoryName, id: UploadId, digest: Digest): Promise<void> {
    return this.#gate.shared(async () => {
      if (!await this.#driver.move(uploadData(name, id), blobData(digest))) {
        throw cancelledError(name, id);
      }
      await this.#blobs.touchContent(digest);
      await this.#blobs.link(name, digest);
    });
  }

  async #appendLast(
    name: RepositoryName,
    id: UploadId,
    writer: StorageWriter,
    chunk: UploadChunk,
    algorithm: DigestAlgorithm,
  ): Promise<Digest> {
    const running = this.#take(id, writer.size, algorithm);
    await this.#appendHashed(id, writer, running, chunk);
    if (running !== null) return running.current();
    // Clients often close an upload over another connection, and so in another worker than the one that hashed it.
    return this.#digests.announced(id, algorithm, writer.size) ??
      await this.#hashFile(name, id, writer.size, algorithm);
  }

  /**
   * The hash to go on with: the one in memory where it fits, a new one for an upload without bytes, else `null`. Then
   * nothing is hashed until the end, when the file is read once: to read it for each chunk would take forever.
   */
  #take(id: UploadId, size: number, algorithm?: DigestAlgorithm): RunningDigest | null {
    const kept = this.#digests.take(id, size, algorithm);
    if (kept !== null || size > 0) return kept;
    return new RunningDigest(algorithm ?? CANONICAL_ALGORITHM);
  }

  async #appendHashed(
    id: UploadId,
    writer: StorageWriter,
    running: RunningDigest | null,
    { body, pieces }: UploadChunk,
  ): Promise<void> {
    try {
      await appendStream(writer, running, body, pieces);
    } finally {
      // After a failed write the file may hold less than was hashed.
      if (running !== null && running.size === writer.size) this.#digests.keep(id, running);
    }
  }

  async #hashFile(
    name: RepositoryName,
    id: UploadId,
    size: number,
    algorithm: DigestAlgorithm,
  ): Promise<Digest> {
    const running = new RunningDigest(algorithm);
    const stream = await this.#driver.read(uploadData(name, id), { start: 0, end: size });
    if (stream === null) throw cancelledError(name, id);
    const pieces = new PieceReader(stream);
    for (let piece = await pieces.read(); piece !== null; piece = await pieces.read()) {
      running.update(piece);
    }
    return running.current();
  }

  async #discard(name: RepositoryName, id: UploadId): Promise<void> {
    this.#digests.drop(id);
    await this.#driver.removeAll(uploadDirectory(name, id));
  }

  async #withWriter<T>(
    name: RepositoryName,
    id: UploadId,
    chunk: UploadChunk,
    action: (writer: StorageWriter) => Promise<T>,
  ): Promise<UploadOutcome<T>> {
    let writer: StorageWriter | null;
    try {
      writer = await this.#driver.append(uploadData(name, id));
    } catch (error) {
      if (!(error instanceof StorageError) || error.kind !== "busy") throw error;
      return { kind: "busy", size: (await this.stat(name, id))?.size ?? 0 };
    }
    if (writer === null) return { kind: "unknown" };
    try {
      if (chunk.start !== null && chunk.start !== writer.size) {
        return { kind: "misplaced", size: writer.size };
      }
      return { kind: "done", value: await action(writer) };
    } catch (error) {
      if (await this.#isCancelled(name, id, error)) return { kind: "unknown" };
      throw error;
    } finally {
      await this.#close(name, id, writer);
    }
  }

  async #close(name: RepositoryName, id: UploadId, writer: StorageWriter): Promise<void> {
    try {
      await this.#waitForDisk(name, id, () => writer.settle());
    } finally {
      writer.close();
    }
  }

  /** When the disk fails nobody knows what it has kept, and a second sync would not tell: the upload goes. */
  async #waitForDisk(
    name: RepositoryName,
    id: UploadId,
    wait: () => Promise<void>,
  ): Promise<void> {
    try {
      await wait();
    } catch (error) {
      await this.#discard(name, id);
      throw error;
    }
  }

  /** Whether something failed because another request cancelled the upload meanwhile. */
  async #isCancelled(name: RepositoryName, id: UploadId, error: unknown): Promise<boolean> {
    return error instanceof StorageError && error.kind === "absent" &&
      await this.stat(name, id) === null;
  }
}

function cancelledError(name: RepositoryName, id: UploadId): StorageError {
  return new StorageError("absent", `Cannot finish upload ${id} of "${name}": it was cancelled`);
}
