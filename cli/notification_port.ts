/**
 * The way of events from an event loop to the thread that keeps and delivers them.
 *
 * @module
 */

import type { EventSink } from "../registry/events.ts";
import { StorageError } from "../storage/errors.ts";
import { PULL_EVENTS_GATHER_MS, PULL_EVENTS_GATHERED_MAX } from "../storage/limits.ts";

/** What an event loop sends: events to keep, or events that may be lost. */
export interface EventsMessage {
  readonly kind: "keep" | "pass";
  readonly events: readonly string[];
}

/** The answer to each `keep`, in their order: why the events could not be kept, or `null`. */
export type KeptMessage = string | null;

/** What an event loop is given. */
export interface NotificationPortInit {
  readonly port: MessagePort;
  /** One number: whether there is no room for events. */
  readonly full: SharedArrayBuffer;
}

interface Kept {
  readonly resolve: () => void;
  readonly reject: (error: StorageError) => void;
}

/** Sends events over a port. */
export class NotificationPort implements EventSink {
  readonly #port: MessagePort;
  readonly #full: Int32Array;
  readonly #unanswered: Kept[] = [];
  #gathered: string[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor({ port, full }: NotificationPortInit) {
    this.#port = port;
    this.#full = new Int32Array(full);
    port.onmessage = ({ data }: MessageEvent<KeptMessage>): void => this.#settle(data);
  }

  get isFull(): boolean {
    return Atomics.load(this.#full, 0) !== 0;
  }

  keep(events: readonly string[]): Promise<void> {
    // What was pulled before is told before.
    this.#flush();
    return new Promise((resolve, reject) => {
      this.#unanswered.push({ resolve, reject });
      this.#send({ kind: "keep", events });
    });
  }

  /** Sends many at once: a message costs as much as making the event. */
  pass(event: string): void {
    this.#gathered.push(event);
    if (this.#gathered.length >= PULL_EVENTS_GATHERED_MAX) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), PULL_EVENTS_GATHER_MS);
  }

  /** Sends what was gathered, and ends. Nothing may be under way. */
  close(): void {
    this.#flush();
    this.#port.close();
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#gathered.length === 0) return;
    this.#send({ kind: "pass", events: this.#gathered });
    this.#gathered = [];
  }

  #send(message: EventsMessage): void {
    this.#port.postMessage(message);
  }

  #settle(problem: KeptMessage): void {
    const kept = this.#unanswered.shift();
    if (problem === null) kept?.resolve();
    else kept?.reject(new StorageError("io", problem));
  }
}
