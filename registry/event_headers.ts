/**
 * The headers of requests that events tell of.
 *
 * @module
 */

import type { RequestHead } from "./origin.ts";

/** Those that are told as they are, that say where a request comes from, and that its target's URL is made of. */
const NAMES: readonly string[] = [
  ...["Host", "User-Agent", "X-Forwarded-For", "X-Real-Ip"],
  ...["Forwarded", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Port"],
];

/** What is kept of the headers of a request: all of them may be large, and hold what is secret. */
export class EventHeaders {
  /** How long all values are together. */
  readonly characters: number;
  readonly #values: readonly (string | null)[];

  constructor(headers: RequestHead["headers"]) {
    this.#values = NAMES.map((name) => headers.get(name));
    this.characters = this.#values.reduce((sum, value) => sum + (value?.length ?? 0), 0);
  }

  /** The value of a header; `null` when there was none. Throws a `RangeError` for one that is never kept. */
  get(name: string): string | null {
    const place = NAMES.indexOf(name);
    if (place < 0) throw new RangeError(`Events are not told of the header ${name}`);
    return this.#values[place] ?? null;
  }

  /** Whether others have the same values. */
  isOf(headers: RequestHead["headers"]): boolean {
    return NAMES.every((name, place) => headers.get(name) === this.#values[place]);
  }
}

/** Keeps headers. Requests come many in a row with the same ones, which are kept once then. */
export class EventHeadersKeeper {
  #last: EventHeaders | null = null;

  keep(headers: RequestHead["headers"]): EventHeaders {
    if (this.#last?.isOf(headers) !== true) this.#last = new EventHeaders(headers);
    return this.#last;
  }
}
