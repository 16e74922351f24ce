/**
 * Notices when the sender of a stream falls silent.
 *
 * @module
 */

import { BODY_IDLE_BYTES_MIN, BODY_IDLE_LOOKS } from "./limits.ts";

/** Calls a function every so many milliseconds, until the function that it returns is called. */
export type Every = (ms: number, action: () => void) => () => void;

const everyMs: Every = (ms, action) => {
  const timer = setInterval(action, ms);
  return () => clearInterval(timer);
};

/**
 * Watches one sender. It is silent when it was waited for at several looks in a row, and all but nothing came between
 * them: after `idleMs`, or a quarter more. One timer for a whole stream, as one for each piece would cost more than
 * the piece.
 */
export class IdleWatch {
  #isAwaited = false;
  #bytes = 0;
  #silentLooks = 0;
  readonly #stop: () => void;

  /** Begins to look; `onSilence` is called at most once. */
  constructor(idleMs: number, onSilence: () => void, every: Every = everyMs) {
    this.#stop = every(idleMs / BODY_IDLE_LOOKS, () => {
      const isSilent = this.#isAwaited && this.#bytes < BODY_IDLE_BYTES_MIN;
      this.#silentLooks = isSilent ? this.#silentLooks + 1 : 0;
      this.#bytes = 0;
      if (this.#silentLooks < BODY_IDLE_LOOKS) return;
      this.end();
      onSilence();
    });
  }

  /** From now on it is the sender who is waited for. */
  wait(): void {
    this.#isAwaited = true;
  }

  /** Something has come, and is dealt with first. */
  take(bytes: number): void {
    this.#isAwaited = false;
    this.#bytes += bytes;
  }

  /** Ends the timer. */
  end(): void {
    this.#stop();
  }
}
