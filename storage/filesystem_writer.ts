/**
 * Appends to a file on a local disk.
 *
 * @module
 */

import type { StorageWriter } from "./driver.ts";
import { StorageError, toStorageError } from "./errors.ts";

/** A {@linkcode StorageWriter} over a file that is locked for as long as it is open. */
export class FilesystemWriter implements StorageWriter {
  readonly #path: string;
  readonly #file: Deno.FsFile;
  #size: number;
  #isOpen = true;

  private constructor(path: string, file: Deno.FsFile, size: number) {
    this.#path = path;
    this.#file = file;
    this.#size = size;
  }

  /** Opens a file at its end; `null` when it is absent and not to be created. Throws `busy` when it is held. */
  static open(path: string, create: boolean): FilesystemWriter | null {
    let file: Deno.FsFile;
    try {
      file = Deno.openSync(path, { append: true, create });
    } catch (error) {
      if (error instanceof Deno.errors.NotFound && !create) return null;
      throw error;
    }
    try {
      if (!file.tryLockSync(true)) {
        throw new StorageError("busy", `Cannot append to "${path}": another request writes to it`);
      }
      const { ino, size } = file.statSync();
      // Between the opening and the lock its last writer may have moved the file to its place, where nobody may
      // append any more.
      if (Deno.lstatSync(path).ino === ino) return new FilesystemWriter(path, file, size);
    } catch (error) {
      file.close();
      if (error instanceof Deno.errors.NotFound && !create) return null;
      throw error;
    }
    file.close();
    return FilesystemWriter.open(path, create);
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
      }
    } catch (error) {
      throw toStorageError(error, "append to", this.#path);
    }
  }

  async sync(): Promise<void> {
    try {
      await this.#file.sync();
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
