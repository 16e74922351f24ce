/**
 * Reads one blob again and compares its digest.
 *
 * @module
 */

import { VERIFY_TELL_BYTES } from "../../storage/limits.ts";
import { type Digest, digestAlgorithm, RunningDigest } from "../../storage/digest.ts";
import { StorageError } from "../../storage/errors.ts";
import type { Store } from "../../storage/store.ts";

/** A blob whose bytes are not what its digest says. */
export interface BadBlob {
  readonly digest: Digest;
  /** In words. */
  readonly detail: string;
  readonly size: number;
  readonly modifiedMs: number;
}

/** Reads a blob; `null` when it is good or gone. `onRead` is told of the bytes as they are read. */
export async function verifyBlob(
  store: Store,
  digest: Digest,
  onRead: (bytes: number) => void,
): Promise<BadBlob | null> {
  const blob = await store.blobs.statContent(digest);
  if (blob === null) return null;
  const { size, modifiedMs } = blob;
  const bad = (detail: string): BadBlob => ({ digest, detail, size, modifiedMs });
  try {
    const stream = await store.blobs.readStream(blob);
    if (stream === null) return null;
    const running = new RunningDigest(digestAlgorithm(digest));
    let told = 0;
    for await (const piece of stream) {
      running.update(piece);
      if (running.size - told < VERIFY_TELL_BYTES) continue;
      onRead(running.size - told);
      told = running.size;
    }
    onRead(running.size - told);
    const actual = running.current();
    return actual === digest ? null : bad(`its ${size} bytes have the digest ${actual}`);
  } catch (error) {
    // What cannot be read is as bad as what is wrong: the report says which.
    if (error instanceof StorageError) return bad(error.message);
    throw error;
  }
}
