/**
 * A driver that is watched.
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
  StorageWriteOptions,
  StorageWriter,
} from "./driver.ts";

/** What can be seen: distribution's names for what its drivers do, and what only berth's do. */
export const STORAGE_ACTIONS = [
  "GetContent",
  "PutContent",
  "Stat",
  "Reader",
  "Writer",
  "Move",
  "List",
  "Delete",
  "Touch",
] as const;

export type StorageAction = (typeof STORAGE_ACTIONS)[number];

/** Carries out an action of a driver, and looks at it. Hands through what comes of it, at once or as a promise. */
export type StorageWatch = <T>(action: StorageAction, act: () => Awaitable<T>) => Awaitable<T>;

/** Hands everything to the driver below, under watch but for locks and what only tidies up. */
export class ObservedDriver implements StorageDriver {
  readonly #driver: StorageDriver;
  readonly #watch: StorageWatch;

  constructor(driver: StorageDriver, watch: StorageWatch) {
    this.#driver = driver;
    this.#watch = watch;
  }

  get name(): string {
    return this.#driver.name;
  }

  get isShared(): boolean {
    return this.#driver.isShared;
  }

  get(path: StoragePath, sizeMax: number): Awaitable<Uint8Array<ArrayBuffer> | null> {
    return this.#watch("GetContent", () => this.#driver.get(path, sizeMax));
  }

  put(path: StoragePath, content: Uint8Array, options?: StorageWriteOptions): Awaitable<void> {
    return this.#watch("PutContent", () => this.#driver.put(path, content, options));
  }

  stat(path: StoragePath): Awaitable<StorageInfo | null> {
    return this.#watch("Stat", () => this.#driver.stat(path));
  }

  read(
    path: StoragePath,
    span: StorageSpan,
  ): Awaitable<ReadableStream<Uint8Array<ArrayBuffer>> | null> {
    return this.#watch("Reader", () => this.#driver.read(path, span));
  }

  append(
    path: StoragePath,
    options?: { readonly create?: boolean },
  ): Awaitable<StorageWriter | null> {
    return this.#watch("Writer", () => this.#driver.append(path, options));
  }

  move(from: StoragePath, to: StoragePath): Awaitable<boolean> {
    return this.#watch("Move", () => this.#driver.move(from, to));
  }

  touch(path: StoragePath): Awaitable<boolean> {
    return this.#watch("Touch", () => this.#driver.touch(path));
  }

  now(): Awaitable<number> {
    return this.#driver.now();
  }

  list(path: StoragePath, options?: StorageListOptions): Awaitable<readonly string[]> {
    return this.#watch("List", () => this.#driver.list(path, options));
  }

  remove(path: StoragePath, options?: StorageWriteOptions): Awaitable<boolean> {
    return this.#watch("Delete", () => this.#driver.remove(path, options));
  }

  removeAll(path: StoragePath): Awaitable<boolean> {
    return this.#watch("Delete", () => this.#driver.removeAll(path));
  }

  prune(path: StoragePath, stop: StoragePath): Awaitable<void> {
    return this.#driver.prune(path, stop);
  }

  lock(path: StoragePath): Awaitable<StorageLock> {
    return this.#driver.lock(path);
  }
}
