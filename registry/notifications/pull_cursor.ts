/**
 * How far one listener is in the pulls.
 *
 * @module
 */

import type { PullIntake } from "./pull_intake.ts";

/** A reader of pulls, which never comes back to what made room. */
export class PullCursor {
  readonly #pulls: PullIntake;
  /** Everything before it was taken, or made room. */
  #place = 0;
  #readPlace = 0;
  #dropped = 0;

  constructor(pulls: PullIntake) {
    this.#pulls = pulls;
  }

  /** The place before which everything was taken. */
  get place(): number {
    return this.#place;
  }

  /** Whether something was read that is not taken yet. */
  get hasRead(): boolean {
    return this.#readPlace > this.#place;
  }

  /** Pulls that wait for this listener, wherever they are. */
  get waiting(): number {
    const { first, end } = this.#pulls.queue;
    return end - Math.max(this.#place, first) + this.#pulls.waiting;
  }

  /** Pulls that made room before this listener had them. */
  get dropped(): number {
    const unread = Math.max(0, this.#pulls.queue.first - this.#readPlace);
    return this.#dropped + unread + this.#pulls.dropped;
  }

  /** Reads the next pull that came before an event of the log; `null` when there is none here. */
  next(number: number): string | null {
    const entry = this.#pulls.queue.at(this.#readPlace);
    if (entry === null || entry.before > number) return null;
    this.#readPlace++;
    return entry.pull;
  }

  /** Whether everything here was read, and pulls on their way came before an event of the log. */
  mustWait(number: number): boolean {
    return this.#readPlace === this.#pulls.queue.end && this.#pulls.isBehind(number);
  }

  /** Goes back to what was read and not taken. */
  rewind(): void {
    const place = Math.max(this.#place, this.#pulls.queue.first);
    this.#dropped += place - this.#place;
    this.#place = place;
    this.#readPlace = place;
  }

  /** What was read was taken. */
  advance(): void {
    this.#place = this.#readPlace;
  }
}
