/**
 * Reads a stream of bytes without leaving a buffer behind for each piece.
 *
 * @module
 */

import { PIECE_READ_BYTES } from "./limits.ts";

/** Bytes from the network or from a file, in pieces of any size. */
export type ByteStream = ReadableStream<Uint8Array>;

/**
 * Reads pieces into one buffer, over and over, where the stream can do that (as request bodies can): a
 * gigabyte in new buffers of 64 KiB leaves hundreds of megabytes for the garbage collector to find.
 */
export class PieceReader {
  readonly #read: () => Promise<Uint8Array | null>;
  readonly #cancel: (reason: unknown) => Promise<void>;

  /** Takes the stream for itself. Pieces have at most `pieceBytes`, where the stream reads into a buffer of the reader. */
  constructor(stream: ByteStream, pieceBytes: number = PIECE_READ_BYTES) {
    const reader = byteReader(stream);
    if (reader !== null) {
      let buffer = new ArrayBuffer(pieceBytes);
      this.#read = async (): Promise<Uint8Array | null> => {
        // The buffer goes along with each read, and comes back with its result.
        const { value, done } = await reader.read(new Uint8Array(buffer));
        if (value !== undefined) buffer = value.buffer;
        return done || value === undefined ? null : value;
      };
      this.#cancel = (reason): Promise<void> => reader.cancel(reason);
      return;
    }
    const plain = stream.getReader();
    this.#read = async (): Promise<Uint8Array | null> => (await plain.read()).value ?? null;
    this.#cancel = (reason): Promise<void> => plain.cancel(reason);
  }

  /** The next piece, which is good until the next call; `null` at the end. Throws what the stream throws. */
  read(): Promise<Uint8Array | null> {
    return this.#read();
  }

  /** Gives the rest of the stream up. */
  async cancel(reason: unknown): Promise<void> {
    await this.#cancel(reason).catch(() => {});
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
