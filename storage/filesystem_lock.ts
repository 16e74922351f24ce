/**
 * Advisory locks between processes, on files of a local disk (`flock`).
 *
 * @module
 */

import type { StorageLock, StorageLockMode } from "./driver.ts";
import { LOCK_TRY_MS } from "./limits.ts";

/** What of an open file is locked. Before Deno 2.9 a file can only wait for its lock. */
export interface LockableFile {
  lock(exclusive: boolean): Promise<void>;
  tryLockSync?(exclusive: boolean): boolean;
}

/**
 * Takes the lock of an open file if that is possible at once. On a Deno that can only wait, a lock that does not come
 * in {@linkcode LOCK_TRY_MS} counts as held; the file goes on waiting, and has to be closed, which gives up its turn.
 */
export async function tryLock(file: LockableFile, exclusive: boolean): Promise<boolean> {
  if (file.tryLockSync !== undefined) return file.tryLockSync(exclusive);
  const { promise: late, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), LOCK_TRY_MS);
  try {
    return await Promise.race([file.lock(exclusive).then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A {@linkcode StorageLock} with an open file of its own, so that two of them in one process exclude each other too. */
export class FilesystemLock implements StorageLock {
  readonly #path: string;
  #file: Deno.FsFile;
  #isOpen = true;

  /** Opens the lock file, making it if need be. Throws what the operating system says. */
  constructor(path: string) {
    this.#path = path;
    this.#file = openLockFile(path);
  }

  async acquire(mode: StorageLockMode): Promise<boolean> {
    const file: LockableFile = this.#file;
    // The wait takes a thread, so the free lock is taken without one. A Deno that can only wait does not say whether it
    // had to; those who hear that it had are the more considerate.
    if (file.tryLockSync?.(mode === "exclusive") === true) return false;
    await file.lock(mode === "exclusive");
    return true;
  }

  async tryAcquire(mode: StorageLockMode): Promise<boolean> {
    const file: LockableFile = this.#file;
    if (await tryLock(file, mode === "exclusive")) return true;
    if (file.tryLockSync === undefined) {
      this.#file.close();
      this.#file = openLockFile(this.#path);
    }
    return false;
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

function openLockFile(path: string): Deno.FsFile {
  return Deno.openSync(path, { read: true, write: true, create: true });
}
