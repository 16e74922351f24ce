/**
 * Pulls that wait to be told. They are kept in memory: nobody was promised them, and they may be many.
 *
 * @module
 */

import { PULL_EVENTS_BYTES_MAX, PULL_EVENTS_MAX } from "../../storage/limits.ts";

/** A pull, and which event of the log it came before. */
export interface PullEntry<T> {
  readonly pull: T;
  /** The number of the first event of the log that was appended later. */
  readonly before: number;
  /** About what it takes. */
  readonly bytes: number;
}

/** How much a queue may hold. */
export interface PullQueueLimits {
  readonly count: number;
  readonly bytes: number;
}

const LIMITS: PullQueueLimits = { count: PULL_EVENTS_MAX, bytes: PULL_EVENTS_BYTES_MAX };

/** One queue for several readers, each of which has a place of its own. The oldest make room for the newest. */
export class PullQueue<T> {
  /** A ring: an entry is at its place, modulo the most that can be there. */
  readonly #entries: (PullEntry<T> | null)[] = [];
  readonly #limits: PullQueueLimits;
  #first = 0;
  #end = 0;
  #bytes = 0;

  constructor(limits: PullQueueLimits = LIMITS) {
    this.#limits = limits;
  }

  /** How many are there. */
  get count(): number {
    return this.#end - this.#first;
  }

  /** How many have come, those that are gone included: the place behind the last one. */
  get end(): number {
    return this.#end;
  }

  /** The place of the oldest entry, which is the end when there is none. */
  get first(): number {
    return this.#first;
  }

  add(entry: PullEntry<T>): void {
    const { count, bytes } = this.#limits;
    if (this.count === count) this.#forgetFirst();
    this.#entries[this.#end % count] = entry;
    this.#end++;
    this.#bytes += entry.bytes;
    while (this.#bytes > bytes) this.#forgetFirst();
  }

  /** The entry at a place; `null` when it is gone, or has not come yet. */
  at(place: number): PullEntry<T> | null {
    if (place < this.#first || place >= this.#end) return null;
    return this.#entries[place % this.#limits.count] ?? null;
  }

  /** Lets go of everything before a place. */
  forget(place: number): void {
    const end = Math.min(place, this.#end);
    while (this.#first < end) this.#forgetFirst();
  }

  #forgetFirst(): void {
    const slot = this.#first % this.#limits.count;
    this.#bytes -= this.#entries[slot]?.bytes ?? 0;
    this.#entries[slot] = null;
    this.#first++;
  }
}
