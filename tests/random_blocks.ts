import { randomFillSync } from "node:crypto";

/** Size of one block in bytes: what a test keeps in memory at a time, whatever the size of the whole. */
export const RANDOM_BLOCK_BYTES = 1024 * 1024;

/**
 * Yields `totalBytes` random bytes, 1 MiB or less at a time. Each block is new memory, so it may be handed on to
 * a stream that reads it later.
 */
export function* randomBlocks(totalBytes: number): Generator<Uint8Array<ArrayBuffer>> {
  for (let left = totalBytes; left > 0; left -= RANDOM_BLOCK_BYTES) {
    yield randomFillSync(new Uint8Array(Math.min(left, RANDOM_BLOCK_BYTES)));
  }
}

/** Random bytes in one piece. */
export function randomBytes(size: number): Uint8Array<ArrayBuffer> {
  return randomFillSync(new Uint8Array(size));
}
