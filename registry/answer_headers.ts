/**
 * Headers that the operator adds to every answer.
 *
 * @module
 */

import { after, type Awaitable } from "../storage/awaitable.ts";
import type { Answer } from "./respond.ts";

/** Names and values, as `http.headers` of distribution's configuration has them. */
export type ConfiguredHeaders = Readonly<Record<string, readonly string[]>>;

/** What the registry sends with every answer and the operator may replace. */
const REPLACEABLE: ReadonlySet<string> = new Set([
  "docker-distribution-api-version",
  "x-content-type-options",
]);

/**
 * Adds headers to every answer of an app, errors and answers to OPTIONS included. What an answer says by itself wins,
 * as in distribution.
 */
export function withHeaders<Rest extends readonly unknown[]>(
  app: (request: Request, ...rest: Rest) => Awaitable<Answer>,
  headers: ConfiguredHeaders,
): typeof app {
  const rows = Object.entries(headers).filter(([, values]) => values.length > 0);
  if (rows.length === 0) return app;
  return (request, ...rest) => after(app(request, ...rest), (answer) => withRows(answer, rows));
}

function withRows(answer: Answer, rows: readonly (readonly [string, readonly string[]])[]): Answer {
  const headers = { ...answer.headers };
  const repeated: [string, string][] = [];
  const names = new Map(Object.keys(headers).map((name) => [name.toLowerCase(), name]));
  for (const [name, [first = "", ...others]] of rows) {
    const lowered = name.toLowerCase();
    const own = names.get(lowered);
    if (own !== undefined && !REPLACEABLE.has(lowered)) continue;
    headers[own ?? name] = first;
    for (const value of others) repeated.push([name, value]);
  }
  return { ...answer, headers, repeated };
}

/** Whether a header can be sent: a name (RFC 9110, section 5.1), and values without line breaks. */
export function isHeader(name: string, values: readonly string[]): boolean {
  try {
    for (const value of values) new Headers().append(name, value);
    return true;
  } catch {
    return false;
  }
}
