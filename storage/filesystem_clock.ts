/**
 * The clock of the file system, which need not be that of this machine.
 *
 * @module
 */

import { CLOCK_SKEW_MS_MIN } from "./limits.ts";

/** Tells the time that the file system would give a file that is written now. */
export class FilesystemClock {
  readonly #probe: () => number;
  #skewMs: number | null = null;

  /** `probe` writes a file and returns its modification time, in milliseconds since 1970. */
  constructor(probe: () => number) {
    this.#probe = probe;
  }

  /** Asks the file system. Falls back to this machine's clock where nothing can be written. */
  now(): number {
    try {
      return this.#probe();
    } catch {
      return Date.now();
    }
  }

  /** The present time by the clock of the file system, as far as it differs; asks it once. */
  estimate(): number {
    if (this.#skewMs === null) {
      const skewMs = this.now() - Date.now();
      this.#skewMs = Math.abs(skewMs) < CLOCK_SKEW_MS_MIN ? 0 : skewMs;
    }
    return Date.now() + this.#skewMs;
  }
}
