/**
 * The way of events from an event loop to the thread that keeps and delivers them.
 *
 * @module
 */

import type { EventSink } from "../registry/event_recorder.ts";
import type { EventSource } from "../registry/events.ts";
import type { Happening } from "../registry/happening.ts";
import { PullBoard } from "../registry/notifications/pull_board.ts";
import type { PullEntry } from "../registry/notifications/pull_queue.ts";
import { SpoolState } from "../registry/notifications/spool_state.ts";
import { WaitingPulls } from "../registry/notifications/waiting_pulls.ts";
import { StorageError } from "../storage/errors.ts";
import {
  PULL_EVENTS_BYTES_MAX,
  PULL_EVENTS_GATHER_MS,
  PULL_EVENTS_MAX,
} from "../storage/limits.ts";

/** What an event loop sends: events to keep, or pulls that it was asked for. */
export type EventsMessage =
  | { readonly kind: "keep"; readonly events: readonly string[] }
  | { readonly kind: "pass"; readonly pulls: readonly PullEntry<string>[] };

/** What it is sent. */
export type PortMessage =
  /** The answer to each `keep`, in their order: why the events could not be kept, or `null`. */
  | { readonly kind: "kept"; readonly problem: string | null }
  /** There is room for so many pulls. */
  | { readonly kind: "ask"; readonly count: number };

/** What an event loop needs to tell listeners. */
export interface NotificationInit {
  readonly port: MessagePort;
  /** The memory of a {@linkcode SpoolState}. */
  readonly state: SharedArrayBuffer;
  /** That of the loop's {@linkcode PullBoard}. */
  readonly board: SharedArrayBuffer;
  readonly source: EventSource;
  /** How many loops share the room for pulls. */
  readonly loops: number;
}

interface Kept {
  readonly resolve: () => void;
  readonly reject: (error: StorageError) => void;
}

/** Sends events over a port. */
export class NotificationPort implements EventSink {
  readonly #port: MessagePort;
  readonly #state: SpoolState;
  readonly #pulls: WaitingPulls;
  readonly #unanswered: Kept[] = [];
  /** How many pulls are asked for. */
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor({ port, state, board, source, loops }: NotificationInit) {
    this.#port = port;
    this.#state = new SpoolState(state);
    this.#pulls = new WaitingPulls({
      state: this.#state,
      board: new PullBoard(board),
      source,
      limits: {
        count: Math.ceil(PULL_EVENTS_MAX / loops),
        bytes: PULL_EVENTS_BYTES_MAX / loops,
      },
    });
    port.onmessage = ({ data }: MessageEvent<PortMessage>): void => {
      if (data.kind === "kept") this.#settle(data.problem);
      else this.#ask(data.count);
    };
  }

  get isFull(): boolean {
    return this.#state.isFull;
  }

  keep(events: readonly string[]): Promise<void> {
    // What was pulled before is told before, and need not be waited for.
    this.#hand();
    return new Promise((resolve, reject) => {
      this.#unanswered.push({ resolve, reject });
      this.#send({ kind: "keep", events });
    });
  }

  pass(pull: Happening): void {
    this.#pulls.add(pull);
    if (this.#asked > 0) this.#handSoon();
  }

  /** Hands over what was asked for, and ends. Nothing may be under way. */
  close(): void {
    this.#hand();
    this.#pulls.clear();
    this.#port.close();
  }

  #ask(count: number): void {
    this.#asked = count;
    if (this.#pulls.count > 0) this.#handSoon();
  }

  /** Hands over many at once: a message costs as much as making an event. */
  #handSoon(): void {
    if (this.#pulls.count >= this.#asked) this.#hand();
    else this.#timer ??= setTimeout(() => this.#hand(), PULL_EVENTS_GATHER_MS);
  }

  #hand(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#asked === 0 || this.#pulls.count === 0) return;
    const pulls = this.#pulls.take(this.#asked);
    this.#asked = 0;
    this.#send({ kind: "pass", pulls });
  }

  #send(message: EventsMessage): void {
    this.#port.postMessage(message);
  }

  #settle(problem: string | null): void {
    const kept = this.#unanswered.shift();
    if (problem === null) kept?.resolve();
    else kept?.reject(new StorageError("io", problem));
  }
}
