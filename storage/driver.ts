/**
 * The seam between the stores and the place where bytes are kept.
 *
 * A driver knows paths and bytes; it knows nothing of digests, repositories or tags. Paths are relative,
 * slash-separated and come only from `layout.ts`. Every driver passes the suite in `driver_contract.ts`.
 *
 * Small operations may answer at once or with a promise: callers wait either way, and a driver on a
 * local disk saves the round trip to a thread (`statSync` 4 us, `stat` 20 us).
 *
 * @module
 */

import type { Awaitable } from "./awaitable.ts";

declare const brand: unique symbol;

/** A path inside the store, without a leading slash, built by `layout.ts` from parsed names only. */
export type StoragePath = string & { readonly [brand]: "StoragePath" };

/** What {@linkcode StorageDriver.stat} says of a file or directory. */
export interface StorageInfo {
  /** Bytes of content; 0 for a directory. */
  readonly size: number;
  /** Milliseconds since 1970 when the content last appeared or was last touched. */
  readonly modifiedMs: number;
  readonly isDirectory: boolean;
}

/** Which bytes of a file to read: from `start` up to, and not including, `end`. */
export interface StorageSpan {
  readonly start: number;
  readonly end: number;
}

/** Which names of a level to list: those that sort after `after`, and at most `limit` of them. */
export interface StorageListOptions {
  readonly after?: string;
  readonly limit?: number;
}

/**
 * Appends to one file. Not visible to readers of finished content: the stores move the file into its place
 * when it is whole. At most one writer holds a file, over all processes.
 */
export interface StorageWriter {
  /** Bytes in the file, counting those that were there when it was opened. */
  readonly size: number;
  /** Appends all of the chunk. The chunk belongs to the caller again once the promise settles. */
  write(chunk: Uint8Array): Promise<void>;
  /** Resolves when all that was written is on disk. When it throws, nobody knows what the file has kept. */
  sync(): Promise<void>;
  /**
   * Resolves when nothing is on its way to disk that was begun ahead of a {@linkcode sync}; throws as that does. To be
   * asked before the file is given back, as later writers are not told.
   */
  settle(): Promise<void>;
  /** Gives the file back to other writers. Safe to call twice. */
  close(): void;
}

/** A lock that every process with the same store sees. Advisory: it binds only those who ask for it. */
export interface StorageLock {
  /** Waits until the lock is held; says whether it had to wait. Shared holds exclude exclusive ones only. */
  acquire(mode: StorageLockMode): Promise<boolean>;
  /** Takes the lock if that is possible at once. */
  tryAcquire(mode: StorageLockMode): Awaitable<boolean>;
  release(): void;
  /** Releases the lock and what it takes to hold it. */
  close(): void;
}

export type StorageLockMode = "shared" | "exclusive";

/** How much a change must withstand. */
export interface StorageWriteOptions {
  /** Whether it must outlive a power cut from the moment that it is answered; true if not said. */
  readonly isDurable?: boolean;
}

/** For what may be lost with the power, because nobody was promised it or it is done again. */
export const NOT_DURABLE: StorageWriteOptions = { isDurable: false };

/** A place to keep bytes. Failures are thrown as `StorageError`. */
export interface StorageDriver {
  /** As the driver is named in configuration and metrics: `filesystem`, `inmemory`. */
  readonly name: string;

  /** Whether other processes and workers that open the same place see the same content. */
  readonly isShared: boolean;

  /** Whether its user walks the whole store once, on a thread for himself: no request waits there for its turn. */
  readonly isWalk?: boolean;

  /**
   * Reads a whole small file; `null` when there is none. Throws `corrupt` when it is longer than `sizeMax`
   * bytes, so that no stray file fills the memory. The bytes may be kept by the driver and must not be changed.
   */
  get(path: StoragePath, sizeMax: number): Awaitable<Uint8Array<ArrayBuffer> | null>;

  /**
   * Writes a whole small file, over one that is there. It appears whole or not at all, and is on disk, with
   * every directory above it, when the promise resolves; unless `isDurable` is false, for what may be lost.
   */
  put(
    path: StoragePath,
    content: Uint8Array,
    options?: StorageWriteOptions,
  ): Awaitable<void>;

  /** Looks at a file or directory; `null` when there is none. */
  stat(path: StoragePath): Awaitable<StorageInfo | null>;

  /**
   * Streams the bytes of a file; `null` when there is none. Ends early only by an error: a file that is
   * shorter than the span makes the stream fail. Cancelling the stream closes the file.
   */
  read(
    path: StoragePath,
    span: StorageSpan,
  ): Awaitable<ReadableStream<Uint8Array<ArrayBuffer>> | null>;

  /**
   * Opens a file for appending, at its end; `null` when there is none and `create` is not set. Throws `busy`
   * while another writer has it open. The file itself is made durable only by {@linkcode StorageWriter.sync}.
   */
  append(
    path: StoragePath,
    options?: { readonly create?: boolean },
  ): Awaitable<StorageWriter | null>;

  /**
   * Moves a file, over one that is there; false when there is nothing to move. It appears whole, and the move
   * is on disk when the promise resolves. The content must be on disk before (see {@linkcode StorageWriter.sync}).
   */
  move(from: StoragePath, to: StoragePath): Awaitable<boolean>;

  /** Makes `modifiedMs` of a file the present time; false when there is no such file. */
  touch(path: StoragePath): Awaitable<boolean>;

  /** The present time by the clock that `modifiedMs` is read from, in milliseconds since 1970. */
  now(): Awaitable<number>;

  /**
   * The names one level below a directory, files and directories alike, in ascending order of their bytes;
   * empty when there is no such directory. The cost of a page is that of the page, once a level is known.
   */
  list(path: StoragePath, options?: StorageListOptions): Awaitable<readonly string[]>;

  /**
   * Removes a file; false when there was none. The removal is on disk when the promise resolves, unless `isDurable` is
   * false.
   */
  remove(path: StoragePath, options?: StorageWriteOptions): Awaitable<boolean>;

  /** Removes a directory with all that is in it, or a file; false when there was nothing. */
  removeAll(path: StoragePath): Awaitable<boolean>;

  /** Removes a directory if it is empty, and then its parents up to, and not including, `stop`. */
  prune(path: StoragePath, stop: StoragePath): Awaitable<void>;

  /** Opens a lock; nothing is held yet. */
  lock(path: StoragePath): Awaitable<StorageLock>;
}
