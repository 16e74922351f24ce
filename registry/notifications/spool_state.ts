/**
 * How it stands with the events on disk, in memory that the event loops share with the thread of notifications.
 *
 * @module
 */

import { SharedNumbers } from "./shared_numbers.ts";

const PLACES = { isFull: 0, end: 1 } as const;

/** Written by the thread of notifications, and looked at by the event loops. */
export class SpoolState extends SharedNumbers {
  constructor(buffer?: SharedArrayBuffer) {
    super(Object.keys(PLACES).length, buffer);
  }

  /** Whether there is no room for events. */
  get isFull(): boolean {
    return this.values[PLACES.isFull] === 1;
  }

  set isFull(isFull: boolean) {
    this.values[PLACES.isFull] = isFull ? 1 : 0;
  }

  /** The number of the next event of the log. */
  get end(): number {
    return this.values[PLACES.end] ?? 0;
  }

  set end(end: number) {
    this.values[PLACES.end] = end;
  }
}
