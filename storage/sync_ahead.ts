/**
 * Brings a file that is being written to disk before its end.
 *
 * @module
 */

import { SYNC_AHEAD_BYTES } from "./limits.ts";

/**
 * Counts what is written to a file, and syncs it each time that there is a good part more, while the writing goes on. The
 * sync at the end then finds little left to do: with 1 GiB it would take a quarter of the whole push.
 */
export class SyncAhead {
  readonly #sync: () => Promise<void>;
  readonly #stepBytes: number;
  #unsyncedBytes = 0;
  /** The sync under way, or the one that failed. */
  #running: Promise<void> | null = null;

  /** `sync` makes everything durable that was written before it. */
  constructor(sync: () => Promise<void>, stepBytes: number = SYNC_AHEAD_BYTES) {
    this.#sync = sync;
    this.#stepBytes = stepBytes;
  }

  /** To be told of bytes when they are written. A sync begins where enough of them have come since the last, and none has failed. */
  wrote(bytes: number): void {
    this.#unsyncedBytes += bytes;
    if (this.#unsyncedBytes < this.#stepBytes || this.#running !== null) return;
    this.#unsyncedBytes = 0;
    this.#running = this.#sync().then(() => {
      this.#running = null;
    });
    // Its failure is seen by who settles; until then nobody waits for it.
    this.#running.catch(() => {});
  }

  /**
   * Resolves when no sync is under way. Throws, at each call, when one has failed: the system tells of that once and may
   * have dropped what it could not write, so that a later sync would find nothing wrong.
   */
  async settle(): Promise<void> {
    await this.#running;
  }
}
