/**
 * Pages of tags and of the catalog: `n`, `last` and `Link`, as in distribution.
 *
 * @module
 */

import { RegistryError } from "./errors.ts";

/** How many entries a page may have. */
export interface PageLimits {
  /** `Infinity` for no limit. */
  readonly entriesMax: number;
  /** What becomes of a request for more: it gets fewer (tags), or an error (catalog). */
  readonly over: "clamp" | "refuse";
}

/** Which page a client asks for. */
export interface Page {
  /** Most entries to answer; `null` when the client names no number. */
  readonly limit: number | null;
  /** The entry after which the page begins, whether it exists or not; `null` for the first page. */
  readonly last: string | null;
}

const COUNT_REGEXP = /^\d+$/;

/**
 * Reads `n` and `last`; empty ones count as missing. Throws `PAGINATION_NUMBER_INVALID` when `n` is no whole
 * number, negative, past 2^53, or over the limit where that is refused.
 */
export function parsePage(query: URLSearchParams, limits: PageLimits): Page {
  const text = query.get("n") ?? "";
  return {
    limit: text === "" ? null : parseLimit(text, limits),
    last: query.get("last") || null,
  };
}

function parseLimit(text: string, { entriesMax, over }: PageLimits): number {
  const count = Number(text);
  if (!COUNT_REGEXP.test(text) || !Number.isSafeInteger(count)) {
    throw new RegistryError("PAGINATION_NUMBER_INVALID", { detail: { n: text } });
  }
  if (count <= entriesMax) return count;
  if (over === "clamp") return entriesMax;
  throw new RegistryError("PAGINATION_NUMBER_INVALID", {
    message: `invalid number of results requested: ${count} is more than ${entriesMax}`,
    detail: { n: count },
  });
}

/**
 * The value of `Link` (RFC 8288) that leads to the next page. Names in the query come in alphabetical order, as
 * in distribution; the path is taken as it is.
 */
export function nextLink(path: string, query: Readonly<Record<string, string>>): string {
  const parameters = new URLSearchParams(query);
  parameters.sort();
  return `<${path}?${parameters}>; rel="next"`;
}

/**
 * Cuts a list to a page. It was asked for one entry more than the page holds, which tells whether there is a next page;
 * `last` is where that begins, or `null`.
 */
export function cutPage<T>(
  found: readonly T[],
  limit: number,
): { readonly entries: readonly T[]; readonly last: T | null } {
  const entries = found.slice(0, limit);
  return { entries, last: found.length > limit ? entries.at(-1) ?? null : null };
}
