/**
 * Headers of answers that are given again and again.
 *
 * @module
 */

import { BoundedMap } from "../storage/bounded_map.ts";
import { KEPT_HEADERS_MAX } from "../storage/limits.ts";

/** What was answered last about content, by its digest; `null` for what was answered once. */
const kept = new BoundedMap<string, KeptHeaders | null>(KEPT_HEADERS_MAX);

/**
 * The headers for a `Response` about content. Deno 2.9 looks at each character of headers that come as a record, twice,
 * and compares the names with each other: with nine headers that takes as long as all that the registry does. From a
 * `Headers` it copies them. So one is kept for content that is asked for again, and changed where an answer differs.
 */
export function keptHeaders(headers: Readonly<Record<string, string>>): HeadersInit {
  const digest = headers["Docker-Content-Digest"];
  if (digest === undefined) return headers;
  const before = kept.get(digest);
  if (before instanceof KeptHeaders) return before.changedTo(headers) ?? headers;
  kept.set(digest, before === null ? new KeptHeaders(headers) : null);
  return headers;
}

class KeptHeaders {
  readonly #values: Map<string, string>;
  readonly #headers: Headers;

  constructor(headers: Readonly<Record<string, string>>) {
    this.#values = new Map(Object.entries(headers));
    // Each answer is sorted by lower-case name, which is quick where it is in order.
    this.#headers = new Headers([...this.#values].map(lowered).sort());
  }

  /** These headers, once they say the same as others; `null` when the others have other names. */
  changedTo(headers: Readonly<Record<string, string>>): Headers | null {
    for (const [name, before] of this.#values) {
      const value = headers[name];
      if (value === undefined) return null;
      if (value === before) continue;
      this.#headers.set(name, value);
      this.#values.set(name, value);
    }
    return Object.keys(headers).length === this.#values.size ? this.#headers : null;
  }
}

function lowered([name, value]: [string, string]): [string, string] {
  return [name.toLowerCase(), value];
}
