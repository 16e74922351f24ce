/**
 * Appends to a file on a local disk.
 *
 * @module
 */

import type { StorageWriter } from "./driver.ts";
import { isAbsent, StorageError, toStorageError } from "./errors.ts";
import { tryLock } from "./filesystem_lock.ts";
import { SyncAhead } from "./sync_ahead.ts";

/** A {@linkcode StorageWriter} over a file that is locked for as long as it is open. */
export class FilesystemWriter implements StorageWriter {
  readonly #path: string;
  readonly #file: Deno.FsFile;
  readonly #ahead: SyncAhead;
  #size: number;
  #isOpen = true;

  private constructor(path: string, file: Deno.FsFile, size: number) {
    this.#path = path;
    this.#file = file;
    this.#ahead = new SyncAhead(() => syncData(path));
    this.#size = size;
  }

  /**
   * Opens a file at its end, as `openFile` does. Throws `busy` when it is held, and what `openFile` throws, also when
   * the file is removed at this very moment.
   */
  static async open(path: string, openFile: () => Deno.FsFile): Promise<FilesystemWriter> {
    const file = openFile();
    try {
      if (!await tryLock(file, true)) {
        throw new StorageError("busy", `Cannot append to "${path}": another request writes to it`);
      }
      const { ino, size } = file.statSync();
      // Between the opening and the lock its last writer may have moved the file to its place, where nobody may
      // append any more.
      if (inodeOf(path) === ino) return new FilesystemWriter(path, file, size);
    } catch (error) {
      file.close();
      throw error;
    }
    file.close();
    return await FilesystemWriter.open(path, openFile);
  }

  get size(): number {
    return this.#size;
  }

  async write(chunk: Uint8Array): Promise<void> {
    try {
      for (let offset = 0; offset < chunk.length;) {
        const written = await this.#file.write(chunk.subarray(offset));
        offset += written;
        this.#size += written;
        this.#ahead.wrote(written);
      }
    } catch (error) {
      throw toStorageError(error, "append to", this.#path);
    }
  }

  async sync(): Promise<void> {
    await this.settle();
    try {
      await this.#file.sync();
    } catch (error) {
      throw toStorageError(error, "sync", this.#path);
    }
  }

  async settle(): Promise<void> {
    try {
      await this.#ahead.settle();
    } catch (error) {
      throw toStorageError(error, "sync", this.#path);
    }
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    // Closing the last description of a file gives its lock back.
    this.#file.close();
  }
}

/** By a description of its own: Deno does one thing at a time with each, and the file is to be written meanwhile. */
async function syncData(path: string): Promise<void> {
  try {
    using file = await Deno.open(path, { write: true });
    await file.syncData();
  } catch (error) {
    // Of an upload that is cancelled at this very moment nothing needs to last.
    if (!isAbsent(error)) throw error;
  }
}

function inodeOf(path: string): number | null {
  try {
    return Deno.lstatSync(path).ino;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
