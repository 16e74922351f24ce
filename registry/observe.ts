/**
 * Watches requests from their head to the end of their answer: for the metrics, the access log and traces.
 *
 * @module
 */

import { after, type Awaitable } from "../storage/awaitable.ts";
import { BLOB_BUFFERED_BYTES_MAX } from "../storage/limits.ts";
import type { AccessEntry } from "./access_log.ts";
import { isShared } from "./kept_body.ts";
import type { RequestMetrics } from "./request_metrics.ts";
import { REQUEST_ID_HEADER, requestIdOf } from "./request_id.ts";
import type { Answer } from "./respond.ts";
import type { Route, RouteLabel } from "./route.ts";
import type { RequestTracing } from "./tracing.ts";

/** What is told of one request while it is answered. */
export interface Observation {
  readonly requestId: string;
  readonly connection: Connection;
  /** The path was understood. */
  routed(route: Route, name: string, reference: string): void;
  /** It is known who asks; `null` for nobody in particular. */
  recognized(user: string | null): void;
  /** Bytes of the body came in. */
  received(bytes: number): void;
}

/** Where what was seen goes to; `null` for what nobody wants to know. */
export interface Observers {
  readonly metrics: RequestMetrics | null;
  readonly access: ((entry: AccessEntry) => void) | null;
  readonly tracing: RequestTracing | null;
}

/** What is known of the connection of a request. */
export interface Connection {
  readonly remoteAddr: Deno.Addr;
}

/** Watches an app, which is told whom to tell what it finds out. Each answer says the id of its request. */
export function observed<C extends Connection>(
  app: (request: Request, observation: Observation, connection: C) => Awaitable<Answer>,
  observers: Observers,
): (request: Request, connection: C) => Awaitable<Answer> {
  return (request, connection) => {
    const watched = new WatchedRequest(request, connection, observers);
    return after(app(request, watched, connection), (answer) => watched.answered(answer));
  };
}

class WatchedRequest implements Observation {
  readonly requestId: string;
  label: RouteLabel = "other";
  name = "";
  reference = "";
  user: string | null = null;
  receivedBytes = 0;
  readonly connection: Connection;
  readonly #request: Request;
  readonly #observers: Observers;
  readonly #startedMs = performance.now();
  #isRouted = false;
  #hasEnded = false;

  constructor(request: Request, connection: Connection, observers: Observers) {
    this.requestId = requestIdOf(request);
    this.#request = request;
    this.connection = connection;
    this.#observers = observers;
  }

  routed(route: Route, name: string, reference: string): void {
    this.label = route.label;
    this.name = name;
    this.reference = reference;
    this.#isRouted = true;
    this.#observers.metrics?.begin(route.label);
    this.#observers.tracing?.named(this.#request.method, route.path, name, this.requestId);
  }

  recognized(user: string | null): void {
    this.user = user;
  }

  received(bytes: number): void {
    this.receivedBytes += bytes;
    this.#observers.metrics?.received(bytes);
  }

  /** The answer as it is to be sent. Large bodies are counted while they go, unless they come from memory. */
  answered(answer: Answer): Answer {
    const { metrics, access } = this.#observers;
    answer.headers[REQUEST_ID_HEADER] = this.requestId;
    if (metrics === null && access === null) return answer;
    const { body, headers } = answer;
    const bytes = this.#request.method === "HEAD" ? 0 : Number(headers["Content-Length"] ?? 0);
    const isStream = bytes > BLOB_BUFFERED_BYTES_MAX && body instanceof ReadableStream;
    if (isStream && !isShared(body)) {
      return { ...answer, body: this.#counted(answer, body) };
    }
    metrics?.sent(bytes);
    this.#ended(answer, bytes);
    return answer;
  }

  /** A body can be given up in the middle of the last read, and so end twice. */
  #ended({ status, headers }: Answer, sentBytes: number): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    const { metrics, access } = this.#observers;
    const { method } = this.#request;
    const durationMs = performance.now() - this.#startedMs;
    if (this.#isRouted) metrics?.end(this.label);
    metrics?.answered({
      label: this.label,
      method,
      status,
      durationMs,
      receivedBytes: this.receivedBytes,
      sentBytes,
    });
    access?.({
      request: this.#request,
      requestId: this.requestId,
      remoteAddress: addressText(this.connection.remoteAddr),
      user: this.user,
      name: this.name,
      reference: this.reference,
      status,
      contentType: headers["Content-Type"] ?? null,
      sentBytes,
      receivedBytes: this.receivedBytes,
      durationMs,
      endedMs: Date.now(),
    });
  }

  /** Pieces of such a body are as large as they are read from disk, so that counting them costs next to nothing. */
  #counted(answer: Answer, body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
    const reader = body.getReader();
    let sentBytes = 0;
    const end = (): void => this.#ended(answer, sentBytes);
    return new ReadableStream<Uint8Array>({
      pull: async (controller): Promise<void> => {
        try {
          const { value, done } = await reader.read();
          if (done) {
            controller.close();
            return end();
          }
          controller.enqueue(value);
          sentBytes += value.length;
          this.#observers.metrics?.sent(value.length);
        } catch (error) {
          controller.error(error);
          end();
        }
      },
      cancel: (reason): Promise<void> => {
        end();
        return reader.cancel(reason);
      },
    }, { highWaterMark: 0 });
  }
}

/** Clients of a socket of the file system have none. */
function addressText(address: Deno.Addr): string {
  return "hostname" in address ? address.hostname : "";
}
