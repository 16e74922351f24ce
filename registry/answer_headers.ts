/**
 * Headers that the operator adds to every answer.
 *
 * @module
 */

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
  app: (request: Request, ...rest: Rest) => Promise<Response>,
  headers: ConfiguredHeaders,
): typeof app {
  const rows = Object.entries(headers).filter(([, values]) => values.length > 0);
  if (rows.length === 0) return app;
  return async (request, ...rest) => {
    const response = await app(request, ...rest);
    for (const [name, values] of rows) {
      if (response.headers.has(name) && !REPLACEABLE.has(name.toLowerCase())) continue;
      response.headers.delete(name);
      for (const value of values) response.headers.append(name, value);
    }
    return response;
  };
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
