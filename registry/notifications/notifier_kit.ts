/**
 * A notifier with listeners for tests.
 *
 * @module
 */

import type { StorageDriver } from "../../storage/driver.ts";
import type { Envelope, Event } from "../events.ts";
import type { Endpoint } from "./endpoint.ts";
import { pullOf, SOURCE } from "../happening_kit.ts";
import { Notifier, type NotifierOptions } from "./notifier.ts";
import { PullBoard } from "./pull_board.ts";
import type { PullSource } from "./pull_intake.ts";
import { SpoolState } from "./spool_state.ts";
import { WaitingPulls } from "./waiting_pulls.ts";

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

  /** The same of their requests; the id of the event where there is none. */
  get requestIds(): readonly string[] {
    return this.posts.flatMap(({ events }) => events.map(({ request, id }) => request?.id ?? id));
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

/** Runs a function with a listener, and closes it. */
export async function withListener(body: (listener: TestListener) => Promise<void>): Promise<void> {
  const listener = new TestListener();
  try {
    await body(listener);
  } finally {
    await listener.close();
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

/** Starts a notifier. What it says goes to `said`, and how it stands to `state`. */
export function startNotifier(
  driver: StorageDriver,
  endpoints: readonly Endpoint[],
  said: string[] = [],
  changes: Partial<NotifierOptions> = {},
): Promise<Notifier> {
  return Notifier.start({
    driver,
    endpoints,
    isReadOnly: false,
    spoolBytesMax: Infinity,
    say: (message) => said.push(message),
    state: new SpoolState(),
    ...changes,
  });
}

/** An event loop that hands over pulls as soon as it may, or when it is told to. */
export class TestLoop implements PullSource {
  readonly board = new PullBoard();
  /** How many pulls were handed over. */
  handed = 0;
  /** Whether it hands over what it is asked for. */
  isPrompt = true;
  readonly #notifier: Notifier;
  readonly #pulls: WaitingPulls;
  #asked = 0;

  constructor(notifier: Notifier, state: SpoolState, count = Infinity) {
    this.#notifier = notifier;
    const limits = { count, bytes: Infinity };
    this.#pulls = new WaitingPulls({ state, board: this.board, source: SOURCE, limits });
    notifier.listenTo(this);
  }

  ask(count: number): void {
    this.#asked = count;
    if (this.isPrompt) this.hand();
  }

  /** Somebody pulls, in requests of these ids. */
  pull(...ids: readonly string[]): void {
    for (const id of ids) this.#pulls.add(pullOf(id));
    if (this.isPrompt) this.hand();
  }

  /** Hands over what it was asked for. */
  hand(): void {
    if (this.#asked === 0 || this.#pulls.count === 0) return;
    const pulls = this.#pulls.take(this.#asked);
    this.#asked = 0;
    this.handed += pulls.length;
    this.#notifier.take(this, pulls);
  }
}
