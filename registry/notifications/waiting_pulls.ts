/**
 * The pulls of one event loop, until a listener has room for them. Only then they are written as events.
 *
 * @module
 */

import type { EventSource } from "../events.ts";
import { eventText, type Happening, happeningBytes } from "../happening.ts";
import type { PullBoard } from "./pull_board.ts";
import { type PullEntry, PullQueue, type PullQueueLimits } from "./pull_queue.ts";
import type { SpoolState } from "./spool_state.ts";

/** What waiting pulls need. */
export interface WaitingPullsOptions {
  readonly state: SpoolState;
  readonly board: PullBoard;
  readonly source: EventSource;
  readonly limits: PullQueueLimits;
}

/** A queue of pulls whose state can be seen on a board. */
export class WaitingPulls {
  readonly #options: WaitingPullsOptions;
  readonly #queue: PullQueue<Happening>;
  /** Everything before this place was taken, or is gone. */
  #place = 0;
  #dropped = 0;

  constructor(options: WaitingPullsOptions) {
    this.#options = options;
    this.#queue = new PullQueue(options.limits);
  }

  /** How many wait. */
  get count(): number {
    return this.#queue.count;
  }

  add(pull: Happening): void {
    this.#queue.add({ pull, before: this.#options.state.end, bytes: happeningBytes(pull) });
    this.#dropped += this.#queue.first - this.#place;
    this.#pass(this.#queue.first);
  }

  /** Takes the oldest out, so many at most, as events. */
  take(count: number): readonly PullEntry<string>[] {
    const entries: PullEntry<string>[] = [];
    const { first } = this.#queue;
    for (let place = first; place < first + count; place++) {
      const entry = this.#queue.at(place);
      if (entry === null) break;
      const text = eventText(entry.pull, this.#options.source);
      entries.push({ pull: text, before: entry.before, bytes: text.length });
    }
    this.#pass(first + entries.length);
    return entries;
  }

  /** Lets go of all of them: nobody is going to be told. */
  clear(): void {
    this.#pass(this.#queue.end);
  }

  #pass(place: number): void {
    this.#place = place;
    this.#queue.forget(place);
    const oldest = this.#queue.at(place);
    this.#options.board.write(this.#queue.count, this.#dropped, oldest?.before ?? 0);
  }
}
