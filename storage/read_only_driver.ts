/**
 * A driver that changes nothing.
 *
 * @module
 */

import type { Awaitable } from "./awaitable.ts";
import type {
  StorageDriver,
  StorageInfo,
  StorageListOptions,
  StorageLock,
  StoragePath,
  StorageSpan,
  StorageWriter,
} from "./driver.ts";
import { StorageError } from "./errors.ts";

/** Hands reads to the driver below, and refuses everything else with a `StorageError` of kind `read-only`. */
export class ReadOnlyDriver implements StorageDriver {
  readonly #driver: StorageDriver;

  constructor(driver: StorageDriver) {
    this.#driver = driver;
  }

  get name(): string {
    return this.#driver.name;
  }

  get isShared(): boolean {
    return this.#driver.isShared;
  }

  get isWalk(): boolean {
    return this.#driver.isWalk ?? false;
  }

  get(path: StoragePath, sizeMax: number): Awaitable<Uint8Array<ArrayBuffer> | null> {
    return this.#driver.get(path, sizeMax);
  }

  stat(path: StoragePath): Awaitable<StorageInfo | null> {
    return this.#driver.stat(path);
  }

  read(
    path: StoragePath,
    span: StorageSpan,
  ): Awaitable<ReadableStream<Uint8Array<ArrayBuffer>> | null> {
    return this.#driver.read(path, span);
  }

  list(path: StoragePath, options?: StorageListOptions): Awaitable<readonly string[]> {
    return this.#driver.list(path, options);
  }

  /** This machine's clock: asking the file system for its time takes a write. */
  now(): number {
    return Date.now();
  }

  put(path: StoragePath): never {
    throw refusal("write", path);
  }

  append(path: StoragePath): Awaitable<StorageWriter | null> {
    throw refusal("append to", path);
  }

  move(_from: StoragePath, to: StoragePath): never {
    throw refusal("move to", to);
  }

  touch(path: StoragePath): never {
    throw refusal("touch", path);
  }

  remove(path: StoragePath): never {
    throw refusal("remove", path);
  }

  removeAll(path: StoragePath): never {
    throw refusal("remove", path);
  }

  prune(path: StoragePath): never {
    throw refusal("remove", path);
  }

  lock(path: StoragePath): Awaitable<StorageLock> {
    throw refusal("lock", path);
  }
}

function refusal(action: string, path: StoragePath): StorageError {
  return new StorageError(
    "read-only",
    `Cannot ${action} "${path}": the store is open for reading only`,
  );
}
