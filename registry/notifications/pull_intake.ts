/**
 * The pulls of a process on their way to its listeners.
 *
 * @module
 */

import { PULL_EVENTS_AHEAD, PULL_EVENTS_WAIT_MS } from "../../storage/limits.ts";
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
  /** Since when somebody waits for what a source was asked for. */
  readonly #waitedSinceMs = new Map<PullSource, number>();
  readonly #nowMs: () => number;

  /** `batch` is how many pulls go into one request at most. */
  constructor(batch: number, nowMs: () => number = Date.now) {
    this.#ahead = Math.max(PULL_EVENTS_AHEAD, 2 * batch);
    this.#nowMs = nowMs;
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
    this.#waitedSinceMs.delete(source);
    for (const pull of pulls) this.queue.add(pull);
  }

  /** Whether pulls that came before an event of the log wait elsewhere, and may be expected. */
  isBehind(number: number): boolean {
    for (const source of this.#sources) {
      if (source.board.isWaitingBefore(number) && !this.#isSilent(source)) return true;
    }
    return false;
  }

  /** An event loop that has died must not keep what was pushed from being told. */
  #isSilent(source: PullSource): boolean {
    const nowMs = this.#nowMs();
    const sinceMs = this.#waitedSinceMs.get(source) ?? nowMs;
    this.#waitedSinceMs.set(source, sinceMs);
    return nowMs - sinceMs > PULL_EVENTS_WAIT_MS;
  }

  /** Asks for more when the quickest listener, which is at that place, has soon had everything. */
  ask(place: number): void {
    const ready = this.queue.end - place;
    if (ready > this.#ahead / 2) return;
    for (const source of this.#sources) {
      if (this.#asked.has(source)) continue;
      this.#asked.add(source);
      this.#waitedSinceMs.delete(source);
      source.ask(this.#ahead - ready);
    }
  }

  #sum(value: (board: PullBoard) => number): number {
    let sum = 0;
    for (const { board } of this.#sources) sum += value(board);
    return sum;
  }
}
