/**
 * Pulls that wait to be told. They are kept in memory: nobody was promised them, and they may be many.
 *
 * @module
 */

import { PULL_EVENTS_FORGOTTEN_MIN, PULL_EVENTS_MAX } from "../../storage/limits.ts";

/** A pull, and which event of the log it came before. */
export interface PullEntry {
  readonly event: string;
  /** The number of the first event of the log that was appended later. */
  readonly before: number;
}

/** One queue for all listeners, each of which has a place of its own. The oldest make room for the newest. */
export class PullQueue {
  readonly #entries: PullEntry[] = [];
  readonly #max: number;
  /** How many came before the first entry. */
  #first = 0;

  constructor(max = PULL_EVENTS_MAX) {
    this.#max = max;
  }

  /** How many have come, those that are gone included: the place behind the last one. */
  get end(): number {
    return this.#first + this.#entries.length;
  }

  add(entry: PullEntry): void {
    this.#entries.push(entry);
    if (this.#entries.length > 2 * this.#max) this.forget(this.end - this.#max);
  }

  /** The first place from a place on where an entry is, which may be the end. */
  reach(place: number): number {
    return Math.max(place, this.end - this.#max, this.#first);
  }

  /** The entry at a place that {@linkcode reach} gave; `null` at the end. */
  at(place: number): PullEntry | null {
    return this.#entries[place - this.#first] ?? null;
  }

  /** Lets go of everything before a place; of a few only once there are more, as it moves all that stay. */
  forget(place: number): void {
    const count = Math.min(place - this.#first, this.#entries.length);
    if (count < Math.min(PULL_EVENTS_FORGOTTEN_MIN, this.#entries.length) || count <= 0) return;
    this.#entries.splice(0, count);
    this.#first += count;
  }
}
