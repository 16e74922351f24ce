/**
 * Reads a stream of bytes without leaving a buffer behind for each piece.
 *
 * @module
 */

import { StorageError } from "./errors.ts";
import { type Every, IdleWatch } from "./idle_watch.ts";
import { PieceSize } from "./piece_size.ts";

/** Bytes from the network or from a file, in pieces of any size. */
export type ByteStream = ReadableStream<Uint8Array>;

/** How a stream is read. */
export interface PieceOptions {
  /** Length of the stream in bytes, if it is said; `null` for a body that comes in HTTP chunks. */
  readonly lengthBytes?: number | null;
  /** How long the stream may bring nothing, in milliseconds; any time if there is none, or 0. */
  readonly idleMs?: number;
  /** Sets the timer for `idleMs`. */
  readonly every?: Every;
}

/**
 * Reads pieces into one buffer, over and over, where the stream can do that (as request bodies can): a
 * gigabyte in new buffers of 64 KiB leaves hundreds of megabytes for the garbage collector to find.
 */
export class PieceReader {
  readonly #read: () => Promise<Uint8Array | null>;
  readonly #cancel: (reason: unknown) => Promise<void>;
  readonly #watch: IdleWatch | null;
  #stalled: StorageError | null = null;

  /** Takes the stream for itself. */
  constructor(stream: ByteStream, options: PieceOptions = {}) {
    const { lengthBytes = Infinity, idleMs = 0, every } = options;
    const reader = byteReader(stream);
    if (reader !== null) {
      const size = new PieceSize(lengthBytes);
      let buffer = new ArrayBuffer(size.bytes);
      this.#read = async (): Promise<Uint8Array | null> => {
        if (buffer.byteLength < size.bytes) buffer = new ArrayBuffer(size.bytes);
        // The buffer goes along with each read, and comes back with its result.
        const { value, done } = await reader.read(new Uint8Array(buffer));
        if (value !== undefined) buffer = value.buffer;
        if (done || value === undefined) return null;
        size.took(value.length);
        return value;
      };
      this.#cancel = (reason): Promise<void> => reader.cancel(reason);
    } else {
      const plain = stream.getReader();
      this.#read = async (): Promise<Uint8Array | null> => (await plain.read()).value ?? null;
      this.#cancel = (reason): Promise<void> => plain.cancel(reason);
    }
    this.#watch = idleMs === 0 ? null : new IdleWatch(idleMs, () => this.#giveUp(), every);
  }

  /**
   * The next piece, which is good until the next call; `null` at the end. Throws what the stream throws, and a
   * `StorageError` of kind `stalled` when it has brought nothing for too long.
   */
  async read(): Promise<Uint8Array | null> {
    if (this.#watch === null) return await this.#read();
    let piece: Uint8Array | null = null;
    try {
      this.#watch.wait();
      piece = await this.#read();
      if (this.#stalled !== null) throw this.#stalled;
      this.#watch.take(piece?.length ?? 0);
      return piece;
    } finally {
      if (piece === null) this.#watch.end();
    }
  }

  /** Gives the rest of the stream up. */
  async cancel(reason: unknown): Promise<void> {
    this.#watch?.end();
    await this.#cancel(reason).catch(() => {});
  }

  /** A read under way ends with the stream: there is no other way to end it. */
  #giveUp(): void {
    this.#stalled = new StorageError("stalled", "Cannot read on: nothing has come for too long");
    this.#cancel(this.#stalled).catch(() => {});
  }
}

/** The pieces of a small body, each good until the next; a loop that is left gives up the rest. Throws as the reader does. */
export async function* piecesOf(
  body: ByteStream | null,
  idleMs: number,
): AsyncGenerator<Uint8Array> {
  if (body === null) return;
  const reader = new PieceReader(body, { idleMs, lengthBytes: 0 });
  try {
    for (let piece = await reader.read(); piece !== null; piece = await reader.read()) yield piece;
  } finally {
    await reader.cancel("no more is needed");
  }
}

/** `null` for a stream that can only hand out buffers of its own. */
function byteReader(stream: ByteStream): ReadableStreamBYOBReader | null {
  try {
    return stream.getReader({ mode: "byob" });
  } catch (error) {
    if (error instanceof TypeError && !stream.locked) return null;
    throw error;
  }
}
