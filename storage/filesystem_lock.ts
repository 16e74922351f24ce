/**
 * Advisory locks between processes, on files of a local disk (`flock`).
 *
 * @module
 */

import type { StorageLock, StorageLockMode } from "./driver.ts";

/** A {@linkcode StorageLock} with an open file of its own, so that two of them in one process exclude each other too. */
export class FilesystemLock implements StorageLock {
  readonly #file: Deno.FsFile;
  #isOpen = true;

  /** Opens the lock file, making it if need be. Throws what the operating system says. */
  constructor(path: string) {
    this.#file = Deno.openSync(path, { read: true, write: true, create: true });
  }

  async acquire(mode: StorageLockMode): Promise<boolean> {
    // The wait takes a thread, so the free lock is taken without one.
    if (this.tryAcquire(mode)) return false;
    await this.#file.lock(mode === "exclusive");
    return true;
  }

  tryAcquire(mode: StorageLockMode): boolean {
    return this.#file.tryLockSync(mode === "exclusive");
  }

  release(): void {
    this.#file.unlockSync();
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#file.close();
  }
}
