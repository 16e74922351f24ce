/**
 * Attempts to tell a listener of events.
 *
 * @module
 */

import { createHmac } from "node:crypto";
import { EVENTS_ANSWER_BYTES_MAX, EVENTS_FAILURE_CHARACTERS_MAX } from "../../storage/limits.ts";
import { envelopeText, type Event, EVENTS_MEDIA_TYPE } from "../events.ts";
import type { Endpoint } from "./endpoint.ts";

/** The header that proves to a listener who sent a request: `sha256=` and the HMAC of the body in hexadecimal. */
export const SIGNATURE_HEADER = "X-Berth-Signature";

/** What came of an attempt. */
export type PostOutcome =
  | { readonly kind: "taken"; readonly status: number }
  /** An answer that is none of 200 to 399. */
  | { readonly kind: "refused"; readonly status: number; readonly reason: string }
  /** No answer. */
  | { readonly kind: "failed"; readonly reason: string };

/** Posts events to one listener. */
export class EventPoster {
  readonly #url: string;
  readonly #headers: Headers;
  readonly #timeoutMs: number;
  readonly #secret: string | null;

  constructor({ url, headers, timeoutMs, secret }: Endpoint) {
    const target = splitCredentials(url);
    this.#url = target.url;
    this.#timeoutMs = timeoutMs;
    this.#secret = secret;
    this.#headers = new Headers({ "Content-Type": EVENTS_MEDIA_TYPE, "User-Agent": "berth" });
    if (target.authorization !== null) this.#headers.set("Authorization", target.authorization);
    for (const [name, values] of Object.entries(headers)) {
      this.#headers.delete(name);
      for (const value of values) this.#headers.append(name, value);
    }
  }

  /** Posts events in one request. Redirects are followed, as distribution does. Never rejects. */
  async post(events: readonly Event[], stopped: AbortSignal): Promise<PostOutcome> {
    const body = envelopeText({ events });
    if (this.#secret !== null) {
      this.#headers.set(SIGNATURE_HEADER, signatureOf(body, this.#secret));
    }
    try {
      const response = await fetch(this.#url, {
        method: "POST",
        headers: this.#headers,
        body,
        signal: AbortSignal.any([stopped, AbortSignal.timeout(this.#timeoutMs)]),
      });
      await finish(response);
      const { status } = response;
      if (status >= 200 && status < 400) return { kind: "taken", status };
      return { kind: "refused", status, reason: `it answered ${status}` };
    } catch (error) {
      return { kind: "failed", reason: reasonOf(error) };
    }
  }
}

/** The signature of a body. */
function signatureOf(body: string, secret: string): string {
  return `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
}

/** `fetch` takes no URL with a name and password, and distribution does. */
function splitCredentials(text: string): { url: string; authorization: string | null } {
  const url = new URL(text);
  if (url.username === "" && url.password === "") return { url: text, authorization: null };
  const credentials = [url.username, url.password].map(decodeURIComponent).join(":");
  const bytes = new TextEncoder().encode(credentials);
  url.username = "";
  url.password = "";
  return { url: url.href, authorization: `Basic ${bytes.toBase64()}` };
}

/** Reads a short answer to its end, so that its connection can be used again; gives up on any other. */
async function finish(response: Response): Promise<void> {
  const length = Number(response.headers.get("Content-Length") ?? Infinity);
  if (length <= EVENTS_ANSWER_BYTES_MAX) await response.arrayBuffer();
  else await response.body?.cancel();
}

/** Without the URL, which may hold what is nobody else's business. */
function reasonOf(error: unknown): string {
  if (error instanceof DOMException && error.name === "TimeoutError") {
    return "it did not answer in time";
  }
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const text = cause instanceof Error ? cause.message : String(cause);
  return text.replace(/ for url \(\S*\)/, "").slice(0, EVENTS_FAILURE_CHARACTERS_MAX);
}
