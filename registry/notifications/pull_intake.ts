/**
 * The pulls of a process on their way to its listeners.
 *
 * @module
 */

import { PULL_EVENTS_AHEAD } from "../../storage/limits.ts";
import type { PullBoard } from "./pull_board.ts";
import { type PullEntry, PullQueue } from "./pull_queue.ts";

/** Where pulls wait: an event loop. */
export interface PullSource {
  readonly board: PullBoard;
  /** Asks for the oldest pulls, so many at most. They are handed over once there are some. */
  ask(count: number): void;
}

/** Takes pulls in as fast as the quickest listener takes them, so that no more are written as events. */
export class PullIntake {
  /** What was taken in. Slower listeners find there what quicker ones have had. */
  readonly queue = new PullQueue<string>();
  readonly #ahead: number;
  readonly #sources = new Set<PullSource>();
  /** Those that have handed nothing over since they were asked. */
  readonly #asked = new Set<PullSource>();

  /** `batch` is how many pulls go into one request at most. */
  constructor(batch: number) {
    this.#ahead = Math.max(PULL_EVENTS_AHEAD, 2 * batch);
  }

  /** Pulls that wait where they came from. */
  get waiting(): number {
    return this.#sum(({ waiting }) => waiting);
  }

  /** Pulls that made room for later ones there. */
  get dropped(): number {
    return this.#sum(({ dropped }) => dropped);
  }

  add(source: PullSource): void {
    this.#sources.add(source);
  }

  /** Takes what a source hands over. */
  take(source: PullSource, pulls: readonly PullEntry<string>[]): void {
    this.#asked.delete(source);
    for (const pull of pulls) this.queue.add(pull);
  }

  /** Whether pulls that came before an event of the log wait elsewhere. */
  isBehind(number: number): boolean {
    for (const { board } of this.#sources) {
      if (board.isWaitingBefore(number)) return true;
    }
    return false;
  }

  /** Asks for more when the quickest listener, which is at that place, has soon had everything. */
  ask(place: number): void {
    const ready = this.queue.end - place;
    if (ready > this.#ahead / 2) return;
    for (const source of this.#sources) {
      if (this.#asked.has(source)) continue;
      this.#asked.add(source);
      source.ask(this.#ahead - ready);
    }
  }

  #sum(value: (board: PullBoard) => number): number {
    let sum = 0;
    for (const { board } of this.#sources) sum += value(board);
    return sum;
  }
}
