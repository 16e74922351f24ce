/**
 * The locks of the in-memory driver.
 *
 * @module
 */

import type { StorageLock, StorageLockMode } from "./driver.ts";
import { StorageError } from "./errors.ts";

interface Waiter {
  readonly lock: MemoryLock;
  readonly mode: StorageLockMode;
  grant(): void;
  refuse(error: StorageError): void;
}

/**
 * Who holds the lock of one path, and who waits for it. Waiters are served in the order in which they came, and
 * nobody passes them, so that a stream of shared holds cannot starve an exclusive one.
 */
export class MemoryLockQueue {
  readonly path: string;
  readonly #holders = new Set<MemoryLock>();
  #mode: StorageLockMode = "shared";
  #waiters: Waiter[] = [];

  constructor(path: string) {
    this.path = path;
  }

  tryEnter(lock: MemoryLock, mode: StorageLockMode): boolean {
    this.#refuseTwice(lock);
    if (this.#waiters.length > 0 || !this.#admits(mode)) return false;
    this.#admit(lock, mode);
    return true;
  }

  enter(lock: MemoryLock, mode: StorageLockMode): Promise<boolean> {
    return new Promise((resolve, reject) => {
      if (this.tryEnter(lock, mode)) resolve(false);
      else this.#waiters.push({ lock, mode, grant: () => resolve(true), refuse: reject });
    });
  }

  leave(lock: MemoryLock): void {
    if (this.#holders.delete(lock)) this.#admitWaiters();
  }

  /** Refuses what waits for this lock. */
  withdraw(lock: MemoryLock): void {
    const withdrawn = this.#waiters.filter((waiter) => waiter.lock === lock);
    this.#waiters = this.#waiters.filter((waiter) => waiter.lock !== lock);
    const error = new StorageError(
      "invalid",
      `Cannot lock "${this.path}": the lock was closed while it waited`,
    );
    for (const waiter of withdrawn) waiter.refuse(error);
    this.#admitWaiters();
  }

  #admits(mode: StorageLockMode): boolean {
    if (this.#holders.size === 0) return true;
    return mode === "shared" && this.#mode === "shared";
  }

  #admit(lock: MemoryLock, mode: StorageLockMode): void {
    this.#holders.add(lock);
    this.#mode = mode;
  }

  #admitWaiters(): void {
    for (
      let next = this.#waiters[0];
      next !== undefined && this.#admits(next.mode);
      next = this.#waiters[0]
    ) {
      this.#waiters.shift();
      this.#admit(next.lock, next.mode);
      next.grant();
    }
  }

  #refuseTwice(lock: MemoryLock): void {
    if (!this.#holders.has(lock)) return;
    throw new StorageError(
      "invalid",
      `Cannot lock "${this.path}": this lock holds it already, release it first`,
    );
  }
}

/** One party to a {@linkcode MemoryLockQueue}. Acquiring what it holds already throws `invalid`. */
export class MemoryLock implements StorageLock {
  readonly #queue: MemoryLockQueue;

  constructor(queue: MemoryLockQueue) {
    this.#queue = queue;
  }

  acquire(mode: StorageLockMode): Promise<boolean> {
    return this.#queue.enter(this, mode);
  }

  tryAcquire(mode: StorageLockMode): boolean {
    return this.#queue.tryEnter(this, mode);
  }

  release(): void {
    this.#queue.leave(this);
  }

  close(): void {
    this.#queue.withdraw(this);
    this.#queue.leave(this);
  }
}
