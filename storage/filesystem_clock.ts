/**
 * The clock of the file system, which need not be that of this machine.
 *
 * @module
 */

import { CLOCK_TICK_MS_MAX } from "./limits.ts";

/** Tells the time that the file system would give a file that is written now. */
export class FilesystemClock {
  readonly #probe: () => number;
  readonly #hostMs: () => number;
  #skewMs: number | null = null;

  /**
   * `probe` writes a file and returns its modification time, and `hostMs` is the clock of this machine, both in
   * milliseconds since 1970.
   */
  constructor(probe: () => number, hostMs: () => number = Date.now) {
    this.#probe = probe;
    this.#hostMs = hostMs;
  }

  /** Asks the file system. Falls back to this machine's clock where nothing can be written. */
  now(): number {
    try {
      return this.#probe();
    } catch {
      return this.#hostMs();
    }
  }

  /**
   * The present time by the clock of the file system, as far as it differs; asks it once. May be ahead by as long as
   * asking takes, and is never behind: what is touched now must not look older than what was written before.
   */
  estimate(): number {
    this.#skewMs ??= this.#measureSkewMs();
    return this.#hostMs() + this.#skewMs;
  }

  #measureSkewMs(): number {
    const beforeMs = this.#hostMs();
    const storeMs = this.now();
    const afterMs = this.#hostMs();
    const isSameClock = storeMs >= beforeMs - CLOCK_TICK_MS_MAX && storeMs <= afterMs;
    return isSameClock ? 0 : storeMs - beforeMs;
  }
}
