/**
 * What the `Authorization` headers of the last seconds came to.
 *
 * @module
 */

import {
  HEADERS_REMEMBERED_MAX,
  HEADERS_REMEMBERED_MS,
  REMEMBERED_HEADER_CHARACTERS_MAX,
} from "../../storage/limits.ts";

/**
 * Remembers headers as they came, so that the requests of one pull pay neither for taking them apart nor for a hash,
 * a sixth of the time of a small answer. Because they are secrets, all are forgotten every few seconds; what is to be
 * remembered for longer is remembered by its hash.
 */
export class RecentHeaders<T> {
  readonly #values = new Map<string, T>();
  readonly #nowMs: () => number;
  #sinceMs: number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
    this.#sinceMs = nowMs();
  }

  /** What a header came to; `undefined` when it has to be looked at. */
  get(header: string): T | undefined {
    const elapsedMs = this.#nowMs() - this.#sinceMs;
    // A clock that was put back must not keep anything.
    if (elapsedMs >= 0 && elapsedMs < HEADERS_REMEMBERED_MS) return this.#values.get(header);
    this.clear();
    return undefined;
  }

  /** Remembers what a header came to, unless it is very long. */
  set(header: string, value: T): void {
    if (header.length > REMEMBERED_HEADER_CHARACTERS_MAX) return;
    if (this.#values.size >= HEADERS_REMEMBERED_MAX) this.clear();
    this.#values.set(header, value);
  }

  /** Forgets everything. */
  clear(): void {
    this.#values.clear();
    this.#sinceMs = this.#nowMs();
  }
}
