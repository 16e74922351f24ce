/**
 * Answers: the headers that every one of them carries, and the bodies that are the same everywhere.
 *
 * An answer becomes a `Response` in one step, at the very end: Deno hands the headers of a `Response` to the connection
 * when it is made, and does so again, by a slower way, when one of them is changed.
 *
 * @module
 */

import { errorBody, type RegistryError } from "./errors.ts";
import { keptHeaders } from "./kept_headers.ts";
import { JSON_UTF8 } from "./media_types.ts";

/** What an answer can have as its body. */
export type AnswerBody = Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | string | null;

/** Headers by name, as RFCs spell it; those that are `undefined` are left out. */
export type AnswerHeaders = Readonly<Record<string, string | undefined>>;

/** What is answered. */
export interface Answer {
  readonly status: number;
  /** By name, as RFCs spell it. Of this answer alone: who hands it on may add to them. */
  readonly headers: Record<string, string>;
  /** Headers that come more than once. */
  readonly repeated?: readonly (readonly [name: string, value: string])[];
  readonly body: AnswerBody;
}

/** Makes the `Response` of an answer. */
export function toResponse({ status, headers, repeated, body }: Answer): Response {
  // Other answers about content have other headers, and are few.
  const init = status === 200 ? keptHeaders(headers) : headers;
  const response = new Response(body, { status, headers: init });
  for (const [name, value] of repeated ?? []) response.headers.append(name, value);
  return response;
}

/** Makes an answer. `null` as body sends `Content-Length: 0`, unless the headers say otherwise or the status has none. */
export function respond(
  status: number,
  headers: AnswerHeaders = {},
  body: AnswerBody = null,
): Answer {
  const all: Record<string, string> = {
    "Docker-Distribution-API-Version": "registry/2.0",
    "X-Content-Type-Options": "nosniff",
  };
  // Many times a request; `Object.entries` would make a list of lists each time.
  for (const name in headers) {
    if (headers[name] !== undefined) all[name] = headers[name];
  }
  if (body === null && status !== 204 && status !== 304) all["Content-Length"] ??= "0";
  return { status, headers: all, body };
}

/** Answers with JSON, as distribution writes it: one line. */
export function respondJson(value: unknown, headers: AnswerHeaders = {}, status = 200): Answer {
  return respondText(
    `${JSON.stringify(value)}\n`,
    { "Content-Type": JSON_UTF8, ...headers },
    status,
  );
}

const ASCII_REGEXP = /^\p{ASCII}*$/u;

/** Answers with text, whose length in bytes is told. */
export function respondText(text: string, headers: AnswerHeaders, status = 200): Answer {
  // Most text has a byte for each character. Deno writes it to the connection as it is, and copies what is encoded.
  const body = ASCII_REGEXP.test(text) ? text : new TextEncoder().encode(text);
  return respond(status, { "Content-Length": String(body.length), ...headers }, body);
}

/** Answers with an error in JSON (OCI distribution spec, "Error codes"). */
export function respondError(error: RegistryError): Answer {
  return respondText(
    errorBody(error),
    { "Content-Type": JSON_UTF8, ...error.headers },
    error.status,
  );
}
