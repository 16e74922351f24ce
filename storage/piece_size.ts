/**
 * How much of a body to ask for at a time.
 *
 * @module
 */

import {
  CHUNKS_ALIKE_MIN,
  PIECE_READ_BYTES,
  PIECE_READ_BYTES_MIN,
  PIECE_READ_CHUNKED_BYTES_MAX,
} from "./limits.ts";

/**
 * The size of the next piece. Deno 2.9 asks the network for as much as it was ever asked for on a connection, at the end
 * of each HTTP chunk too: where that is more than a chunk, it gathers the body in memory, and moves all of that at each
 * read (256 MiB in the chunks of 32 KiB that Docker sends, asked for 64 KiB at a time, take more than 100 s). So a body in
 * chunks is asked for little, unless its chunks are seen to be large; and a short body, which another in chunks may follow
 * on the connection, for no more than it has.
 *
 * A chunk is seen to end where two pieces in a row are short of what was asked for: the end of one chunk, and the beginning
 * of the next, which came with its length. The network may hide such ends, or feign others, so there have to be many at the
 * same distance, and the smallest distance counts.
 */
export class PieceSize {
  /** What to ask for next. */
  bytes: number;
  #isProbing: boolean;
  #sinceEnd = 0;
  #isShort = false;
  #chunkBytes = Infinity;
  #smallestBytes = Infinity;
  #alike = 0;

  /** `length` is that of the body in bytes, `null` where it comes in chunks. */
  constructor(length: number | null) {
    this.#isProbing = length === null;
    this.bytes = length === null
      ? PIECE_READ_BYTES_MIN
      : Math.min(PIECE_READ_BYTES, Math.max(PIECE_READ_BYTES_MIN, length));
  }

  /** Takes note of a piece that came. */
  took(count: number): void {
    if (!this.#isProbing) return;
    const isShort = count < this.bytes;
    if (isShort && this.#isShort) this.#chunkEnded();
    this.#isShort = isShort;
    this.#sinceEnd += count;
  }

  #chunkEnded(): void {
    this.#alike = this.#sinceEnd === this.#chunkBytes ? this.#alike + 1 : 0;
    this.#chunkBytes = this.#sinceEnd;
    this.#smallestBytes = Math.min(this.#smallestBytes, this.#sinceEnd);
    this.#sinceEnd = 0;
    if (this.#alike < CHUNKS_ALIKE_MIN) return;
    this.#isProbing = false;
    const halfChunk = 2 ** Math.round(Math.log2(this.#smallestBytes / 2));
    this.bytes = Math.max(this.bytes, Math.min(PIECE_READ_CHUNKED_BYTES_MAX, halfChunk));
  }
}
