/**
 * Which pulls wait in one event loop, in memory that it shares with the thread of notifications.
 *
 * @module
 */

import { SharedNumbers } from "./shared_numbers.ts";

const PLACES = { waiting: 0, dropped: 1, before: 2 } as const;

/** Written by the loop at each pull. */
export class PullBoard extends SharedNumbers {
  constructor(buffer?: SharedArrayBuffer) {
    super(Object.keys(PLACES).length, buffer);
  }

  /** How many wait. */
  get waiting(): number {
    return this.values[PLACES.waiting] ?? 0;
  }

  /** How many made room for later ones. */
  get dropped(): number {
    return this.values[PLACES.dropped] ?? 0;
  }

  /** Whether one of them came before an event of the log. */
  isWaitingBefore(number: number): boolean {
    return this.waiting > 0 && (this.values[PLACES.before] ?? 0) <= number;
  }

  /** `before` is that of the oldest, if there is one. */
  write(waiting: number, dropped: number, before: number): void {
    this.values[PLACES.before] = before;
    this.values[PLACES.dropped] = dropped;
    this.values[PLACES.waiting] = waiting;
  }
}
