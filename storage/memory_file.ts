/**
 * What the in-memory driver keeps of one file, and the writer of it.
 *
 * @module
 */

import type { StorageSpan, StorageWriter } from "./driver.ts";
import { StorageError } from "./errors.ts";
import { MEMORY_CHUNK_BYTES } from "./limits.ts";

/**
 * The bytes of one file, in chunks, so that appending to a big file never copies what is there already.
 * Every chunk but the last is full. Bytes are copied on their way in and out.
 */
export class MemoryFile {
  readonly #chunks: Uint8Array<ArrayBuffer>[] = [];
  #size = 0;
  /** Milliseconds since 1970 when the content last changed or was last touched. */
  modifiedMs: number;
  /** Whether a writer has the file open. */
  isOpen = false;

  constructor(modifiedMs: number) {
    this.modifiedMs = modifiedMs;
  }

  get size(): number {
    return this.#size;
  }

  /** Adds bytes at the end. */
  append(content: Uint8Array): void {
    let taken = 0;
    while (taken < content.length) {
      const used = this.#size % MEMORY_CHUNK_BYTES;
      const count = Math.min(MEMORY_CHUNK_BYTES - used, content.length - taken);
      this.#lastChunk(used, used + count).set(content.subarray(taken, taken + count), used);
      this.#size += count;
      taken += count;
    }
  }

  /** A copy of all bytes. */
  copy(): Uint8Array<ArrayBuffer> {
    const content = new Uint8Array(this.#size);
    for (const [index, chunk] of this.#chunks.entries()) {
      const start = index * MEMORY_CHUNK_BYTES;
      content.set(chunk.subarray(0, this.#size - start), start);
    }
    return content;
  }

  /** Streams copies of the bytes of a span; fails at the end of the file when the span goes on behind it. */
  stream(span: StorageSpan, path: string): ReadableStream<Uint8Array<ArrayBuffer>> {
    let position = span.start;
    return new ReadableStream({
      pull: (controller): void => {
        if (position >= span.end) {
          controller.close();
          return;
        }
        const piece = this.#piece(position, span.end);
        if (piece === null) {
          controller.error(shortFile(path, span, this.#size));
          return;
        }
        controller.enqueue(piece);
        position += piece.length;
      },
      // Nothing is read ahead, so that a stream which nobody reads holds no copies.
    }, { highWaterMark: 0 });
  }

  /** Bytes from a position on, as far as its chunk and the span go; `null` at the end of the file. */
  #piece(start: number, end: number): Uint8Array<ArrayBuffer> | null {
    const chunk = this.#chunks[Math.floor(start / MEMORY_CHUNK_BYTES)];
    if (chunk === undefined || start >= this.#size) return null;
    const from = start % MEMORY_CHUNK_BYTES;
    return chunk.slice(from, from + Math.min(end, this.#size) - start);
  }

  /** The chunk that takes the next bytes, which is a new one when `used` is 0, with room for `needed` bytes. */
  #lastChunk(used: number, needed: number): Uint8Array<ArrayBuffer> {
    const last = used === 0 ? undefined : this.#chunks.pop();
    const room = last?.length ?? 0;
    if (last !== undefined && room >= needed) {
      this.#chunks.push(last);
      return last;
    }
    // The first bytes get what they need, as most files are small and never grow; later ones double the room.
    const grown = new Uint8Array(Math.min(MEMORY_CHUNK_BYTES, Math.max(needed, 2 * room)));
    if (last !== undefined) grown.set(last);
    this.#chunks.push(grown);
    return grown;
  }
}

/** Appends to one file, and gives it the time of the clock with each chunk. */
export class MemoryWriter implements StorageWriter {
  readonly #file: MemoryFile;
  readonly #path: string;
  readonly #clock: () => number;
  #closed = false;

  constructor(file: MemoryFile, path: string, clock: () => number) {
    file.isOpen = true;
    this.#file = file;
    this.#path = path;
    this.#clock = clock;
  }

  get size(): number {
    return this.#file.size;
  }

  write(chunk: Uint8Array): Promise<void> {
    if (this.#closed) return Promise.reject(this.#closedError("append to"));
    this.#file.append(chunk);
    this.#file.modifiedMs = this.#clock();
    return Promise.resolve();
  }

  sync(): Promise<void> {
    return this.#closed ? Promise.reject(this.#closedError("sync")) : Promise.resolve();
  }

  settle(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {
    // The second call must not take the file from the writer that has it by then.
    if (!this.#closed) this.#file.isOpen = false;
    this.#closed = true;
  }

  #closedError(action: string): StorageError {
    return new StorageError("invalid", `Cannot ${action} "${this.#path}": its writer is closed`);
  }
}

function shortFile(path: string, span: StorageSpan, size: number): StorageError {
  return new StorageError(
    "corrupt",
    `Cannot read bytes ${span.start} to ${span.end} of "${path}": it ends after ${size} bytes`,
  );
}
