/**
 * A notifier with listeners for tests.
 *
 * @module
 */

import type { StorageDriver } from "../../storage/driver.ts";
import type { Envelope, Event } from "../events.ts";
import type { Endpoint } from "./endpoint.ts";
import { Notifier } from "./notifier.ts";

/** One request that a listener got. */
export interface Post {
  readonly headers: Headers;
  readonly body: string;
  readonly events: readonly Event[];
}

/** Statuses of answers that have no body. */
const BODILESS: readonly number[] = [204, 304];

/** A listener on 127.0.0.1. */
export class TestListener {
  readonly posts: Post[] = [];
  /** The status of the next answers, one for each; 200 when there are no more. */
  readonly statuses: number[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  #waiting: (() => void)[] = [];

  constructor() {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: (): void => {} },
      (request) => this.#answer(request),
    );
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/events`;
  }

  /** The ids of all events that came, in their order. */
  get ids(): readonly string[] {
    return this.posts.flatMap(({ events }) => events.map(({ id }) => id));
  }

  /** Resolves when so many requests have come. */
  async untilPosts(count: number): Promise<void> {
    while (this.posts.length < count) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  async close(): Promise<void> {
    await this.#server.shutdown();
  }

  async #answer(request: Request): Promise<Response> {
    const body = await request.text();
    const { events } = JSON.parse(body) as Envelope;
    this.posts.push({ headers: request.headers, body, events });
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
    const status = this.statuses.shift() ?? 200;
    return new Response(BODILESS.includes(status) ? null : "ok", { status });
  }
}

/** A listener with the settings that tests do not care about. */
export function endpointOf(url: string, changes: Partial<Endpoint> = {}): Endpoint {
  return {
    name: "listener",
    url,
    headers: {},
    timeoutMs: 30_000,
    threshold: 1_000,
    backoffMs: 1,
    ignoredMediaTypes: [],
    ignoredActions: [],
    secret: null,
    batch: 1,
    ...changes,
  };
}

/** An event as JSON, of which only the id, the action and the media type matter. */
export function eventOf(id: string, action = "push", mediaType = "text/plain"): string {
  return JSON.stringify({ id, action, target: { mediaType } });
}

/** Starts a notifier. What it says goes to `said`. */
export function startNotifier(
  driver: StorageDriver,
  endpoints: readonly Endpoint[],
  said: string[] = [],
): Promise<Notifier> {
  return Notifier.start({
    driver,
    endpoints,
    isReadOnly: false,
    spoolBytesMax: Infinity,
    say: (message) => said.push(message),
  });
}
