/**
 * Blobs of middle size that are asked for again and again.
 *
 * @module
 */

import type { Blob, Blobs } from "../storage/blobs.ts";
import { type Digest, digestAlgorithm, digestBytes } from "../storage/digest.ts";
import type { Awaitable } from "../storage/awaitable.ts";
import {
  BLOB_BUFFERED_BYTES_MAX,
  HOT_BLOB_BYTES_MAX,
  HOT_BLOB_IDLE_MS,
  HOT_BLOBS_BYTES_MAX,
} from "../storage/limits.ts";
import { Sightings } from "../storage/sightings.ts";
import { isStreamReusable, sharedBody } from "./kept_body.ts";

interface HotBlob {
  readonly body: ReadableStream<Uint8Array>;
  readonly size: number;
  usedMs: number;
}

/**
 * Keeps whole blobs as bodies, once they were asked for twice in a moment. With 1 MiB, to read one anew for each request
 * takes as long as to send it. What is kept is never pushed out by others: it goes when nobody has asked for a while, so
 * that more hot blobs than fit are read as they always were.
 */
export class HotBlobs {
  readonly #blobs: Blobs;
  readonly #nowMs: () => number;
  readonly #kept = new Map<Digest, HotBlob>();
  /** Those that were asked for lately, and whether one of those who asked tries to keep them. */
  readonly #asked: Sightings<Digest, boolean>;
  #keptBytes = 0;

  /** `nowMs` is any clock in milliseconds. */
  constructor(blobs: Blobs, nowMs: () => number = Date.now) {
    this.#blobs = blobs;
    this.#nowMs = nowMs;
    this.#asked = new Sightings(nowMs);
  }

  /** The body for a whole blob that is there; `null` when it has to be read from disk. */
  body(blob: Blob): Awaitable<ReadableStream<Uint8Array> | null> {
    const { digest, size } = blob;
    const isMiddle = size > BLOB_BUFFERED_BYTES_MAX && size <= HOT_BLOB_BYTES_MAX;
    if (!isMiddle || !isStreamReusable) return null;
    const hot = this.#kept.get(digest);
    if (hot === undefined) return this.#isWanted(blob) ? this.#keep(blob) : null;
    hot.usedMs = this.#nowMs();
    return hot.body;
  }

  #isWanted({ digest, size }: Blob): boolean {
    const isTried = this.#asked.get(digest);
    if (isTried !== true) this.#asked.set(digest, isTried !== undefined);
    return isTried === false && this.#hasRoom(size);
  }

  #hasRoom(size: number): boolean {
    const beforeMs = this.#nowMs() - HOT_BLOB_IDLE_MS;
    for (const [digest, hot] of this.#kept) {
      if (hot.usedMs > beforeMs) continue;
      this.#kept.delete(digest);
      this.#keptBytes -= hot.size;
    }
    return this.#keptBytes + size <= HOT_BLOBS_BYTES_MAX;
  }

  /** Damaged bytes are not kept: a push of the blob mends the disk, and not this memory. */
  async #keep(blob: Blob): Promise<ReadableStream<Uint8Array> | null> {
    const { digest, size } = blob;
    this.#keptBytes += size;
    // Who reads it as a stream finds out what is wrong.
    const bytes = await this.#blobs.readOnce(blob).catch(() => null);
    const isGood = bytes !== null && digestBytes(bytes, digestAlgorithm(digest)) === digest;
    // Where the disk takes its time, another may have kept it meanwhile.
    const body = isGood && !this.#kept.has(digest) ? sharedBody(bytes) : null;
    if (body === null) this.#keptBytes -= size;
    else this.#kept.set(digest, { body, size, usedMs: this.#nowMs() });
    return body;
  }
}
