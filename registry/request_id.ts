/**
 * The name of one request, by which logs, traces and events of it are found again.
 *
 * @module
 */

import { REQUEST_ID_CHARACTERS_MAX } from "../storage/limits.ts";

/** The header in which a client, or a proxy before it, names a request, and in which the answer repeats the name. */
export const REQUEST_ID_HEADER = "X-Request-Id";

/** Letters, digits and what joins them: nothing that could end a line of a log or a value of a header. */
const USABLE = /^[A-Za-z0-9._:+/=@-]+$/;

/** The id that a request came with, or a new random one when it has none that can be repeated safely. */
export function requestIdOf(request: Request): string {
  const given = request.headers.get(REQUEST_ID_HEADER);
  return given !== null && isUsable(given) ? given : crypto.randomUUID();
}

function isUsable(id: string): boolean {
  return id.length <= REQUEST_ID_CHARACTERS_MAX && USABLE.test(id);
}
