/**
 * Appends the events of all event loops of a process to the log, those that wait for the disk together.
 *
 * @module
 */

import type { EventLog } from "../../storage/event_log.ts";
import { EVENTS_BATCH_MAX } from "../../storage/limits.ts";

/** Events of one request. */
interface Waiting {
  readonly events: readonly string[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** The way into an {@linkcode EventLog}. */
export class EventSpool {
  readonly #log: EventLog;
  /** Told before anybody is answered. */
  readonly #onAppended: () => void;
  #waiting: Waiting[] = [];
  #isRunning = false;

  constructor(log: EventLog, onAppended: () => void) {
    this.#log = log;
    this.#onAppended = onAppended;
  }

  /** Resolves when the events are on disk, in the order of the calls. Rejects with a `StorageError`. */
  keep(events: readonly string[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ events, resolve, reject });
      if (!this.#isRunning) this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, EVENTS_BATCH_MAX);
      try {
        await this.#log.append(batch.flatMap(({ events }) => events));
        this.#onAppended();
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#isRunning = false;
  }
}
