/**
 * Streams a request body into a file while it is hashed.
 *
 * @module
 */

import type { RunningDigest } from "./digest.ts";
import type { StorageWriter } from "./driver.ts";
import { StorageError } from "./errors.ts";
import { UPLOAD_FIRST_WRITE_BYTES, UPLOAD_WRITE_BYTES } from "./limits.ts";
import { type ByteStream, type PieceOptions, PieceReader } from "./piece_reader.ts";

/** How a body is read. */
export interface AppendOptions extends PieceOptions {
  /** Told of the bytes of each piece. */
  readonly received?: ((bytes: number) => void) | undefined;
}

/**
 * Appends all of a body, and hashes it if there is a hash to go on with. Memory is bounded: two buffers, one of which is
 * written and hashed while the other is filled. When the body fails, what has arrived is written all the same, and a
 * `StorageError` of kind `interrupted` is thrown, or `stalled` when it has brought nothing for too long.
 */
export async function appendStream(
  writer: StorageWriter,
  running: RunningDigest | null,
  body: ByteStream | null,
  { received, ...options }: AppendOptions = {},
): Promise<void> {
  if (body === null || options.lengthBytes === 0) return;
  const gather = new Gather(writer, running, options.lengthBytes ?? Infinity);
  const pieces = new PieceReader(body, options);
  try {
    for (;;) {
      const piece = await readPiece(pieces, gather);
      if (piece === null) break;
      received?.(piece.length);
      await gather.add(piece);
    }
    await gather.flush();
  } catch (error) {
    await pieces.cancel(error);
    throw error;
  }
}

async function readPiece(pieces: PieceReader, gather: Gather): Promise<Uint8Array | null> {
  try {
    return await pieces.read();
  } catch (error) {
    await gather.flush();
    if (error instanceof StorageError) throw error;
    throw new StorageError("interrupted", "Cannot read the body: it ended before it was whole", {
      cause: error,
    });
  }
}

/** Gathers network pieces of about 64 KiB, as each write costs a round trip to a thread. */
class Gather {
  readonly #writer: StorageWriter;
  readonly #running: RunningDigest | null;
  /** Small at first: most layers are, and a large buffer costs more than to write what they have. */
  #filling: Uint8Array<ArrayBuffer> | null;
  /** The large buffer that is being written. */
  #resting: Uint8Array<ArrayBuffer> | null = null;
  #filled = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(writer: StorageWriter, running: RunningDigest | null, lengthBytes: number) {
    this.#writer = writer;
    this.#running = running;
    const isTiny = lengthBytes < UPLOAD_FIRST_WRITE_BYTES;
    this.#filling = new Uint8Array(isTiny ? lengthBytes : UPLOAD_FIRST_WRITE_BYTES);
  }

  async add(piece: Uint8Array): Promise<void> {
    for (let offset = 0; offset < piece.length;) {
      // Made once there is something for it: most bodies end with the first buffer.
      const filling = this.#filling ??= new Uint8Array(UPLOAD_WRITE_BYTES);
      const part = piece.subarray(offset, offset + filling.length - this.#filled);
      filling.set(part, this.#filled);
      this.#filled += part.length;
      offset += part.length;
      if (this.#filled === filling.length) await this.#turn();
    }
  }

  /** Resolves when everything that was added is written and hashed. */
  async flush(): Promise<void> {
    await this.#turn();
    await this.#writing;
  }

  /** Starts the write of the filled buffer and goes on with the other one, once that is written. */
  async #turn(): Promise<void> {
    await this.#writing;
    const filling = this.#filling;
    if (filling === null || this.#filled === 0) return;
    const full = filling.subarray(0, this.#filled);
    this.#filled = 0;
    this.#filling = this.#resting;
    this.#resting = filling.length === UPLOAD_WRITE_BYTES ? filling : null;
    this.#writing = this.#writer.write(full);
    // Its failure is seen at the next turn; until then nobody waits for it.
    this.#writing.catch(() => {});
    // A thread writes while this one hashes.
    this.#running?.update(full);
  }
}
