/**
 * A driver that fails on demand, to try what the stores do on a full disk or a broken one.
 *
 * @module
 */

import type { Awaitable } from "./awaitable.ts";
import type {
  StorageDriver,
  StorageInfo,
  StorageListOptions,
  StorageLock,
  StorageLockMode,
  StoragePath,
  StorageSpan,
  StorageWriteOptions,
  StorageWriter,
} from "./driver.ts";
import type { StorageError } from "./errors.ts";

/** What can be made to fail: the methods of the driver, and those of what it opens. */
export type FaultyOperation =
  | Exclude<keyof StorageDriver, "name" | "isShared" | "isWalk" | "now">
  | "read chunk"
  | "writer.write"
  | "writer.sync"
  | "writer.settle"
  | "lock.acquire";

/** Decides whether an operation fails, and how; `null` lets it pass. A move is asked about by its source. */
export type FaultPlan = (operation: FaultyOperation, path: StoragePath) => StorageError | null;

/** Asks the plan before each operation, and hands to the driver below what the plan lets pass. */
export class FaultyDriver implements StorageDriver {
  readonly #driver: StorageDriver;
  readonly #plan: FaultPlan;

  constructor(driver: StorageDriver, plan: FaultPlan) {
    this.#driver = driver;
    this.#plan = plan;
  }

  get name(): string {
    return this.#driver.name;
  }

  get isShared(): boolean {
    return this.#driver.isShared;
  }

  get(path: StoragePath, sizeMax: number): Awaitable<Uint8Array<ArrayBuffer> | null> {
    this.#check("get", path);
    return this.#driver.get(path, sizeMax);
  }

  put(
    path: StoragePath,
    content: Uint8Array,
    options?: StorageWriteOptions,
  ): Awaitable<void> {
    this.#check("put", path);
    return this.#driver.put(path, content, options);
  }

  stat(path: StoragePath): Awaitable<StorageInfo | null> {
    this.#check("stat", path);
    return this.#driver.stat(path);
  }

  async read(
    path: StoragePath,
    span: StorageSpan,
  ): Promise<ReadableStream<Uint8Array<ArrayBuffer>> | null> {
    this.#check("read", path);
    const stream = await this.#driver.read(path, span);
    if (stream === null) return null;
    return stream.pipeThrough(
      new TransformStream({
        transform: (chunk, controller): void => {
          this.#check("read chunk", path);
          controller.enqueue(chunk);
        },
      }),
    );
  }

  async append(
    path: StoragePath,
    options?: { readonly create?: boolean },
  ): Promise<StorageWriter | null> {
    this.#check("append", path);
    const writer = await this.#driver.append(path, options);
    if (writer === null) return null;
    return new FaultyWriter(writer, (operation) => this.#check(operation, path));
  }

  move(from: StoragePath, to: StoragePath): Awaitable<boolean> {
    this.#check("move", from);
    return this.#driver.move(from, to);
  }

  touch(path: StoragePath): Awaitable<boolean> {
    this.#check("touch", path);
    return this.#driver.touch(path);
  }

  list(path: StoragePath, options?: StorageListOptions): Awaitable<readonly string[]> {
    this.#check("list", path);
    return this.#driver.list(path, options);
  }

  remove(path: StoragePath, options?: StorageWriteOptions): Awaitable<boolean> {
    this.#check("remove", path);
    return this.#driver.remove(path, options);
  }

  removeAll(path: StoragePath): Awaitable<boolean> {
    this.#check("removeAll", path);
    return this.#driver.removeAll(path);
  }

  prune(path: StoragePath, stop: StoragePath): Awaitable<void> {
    this.#check("prune", path);
    return this.#driver.prune(path, stop);
  }

  now(): Awaitable<number> {
    return this.#driver.now();
  }

  async lock(path: StoragePath): Promise<StorageLock> {
    this.#check("lock", path);
    const lock = await this.#driver.lock(path);
    return new FaultyLock(lock, (operation) => this.#check(operation, path));
  }

  #check(operation: FaultyOperation, path: StoragePath): void {
    const fault = this.#plan(operation, path);
    if (fault !== null) throw fault;
  }
}

/** Throws where the plan has a fault for an operation on the path that was opened. */
type Check = (operation: FaultyOperation) => void;

class FaultyWriter implements StorageWriter {
  readonly #writer: StorageWriter;
  readonly #check: Check;

  constructor(writer: StorageWriter, check: Check) {
    this.#writer = writer;
    this.#check = check;
  }

  get size(): number {
    return this.#writer.size;
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.#check("writer.write");
    await this.#writer.write(chunk);
  }

  async sync(): Promise<void> {
    this.#check("writer.sync");
    await this.#writer.sync();
  }

  async settle(): Promise<void> {
    this.#check("writer.settle");
    await this.#writer.settle();
  }

  close(): void {
    this.#writer.close();
  }
}

class FaultyLock implements StorageLock {
  readonly #lock: StorageLock;
  readonly #check: Check;

  constructor(lock: StorageLock, check: Check) {
    this.#lock = lock;
    this.#check = check;
  }

  async acquire(mode: StorageLockMode): Promise<boolean> {
    this.#check("lock.acquire");
    return await this.#lock.acquire(mode);
  }

  tryAcquire(mode: StorageLockMode): Awaitable<boolean> {
    return this.#lock.tryAcquire(mode);
  }

  release(): void {
    this.#lock.release();
  }

  close(): void {
    this.#lock.close();
  }
}
