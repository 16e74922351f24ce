/**
 * A listener for tests, which takes what is posted to it, or does not.
 *
 * @module
 */

import type { Envelope, Event } from "../../registry/events.ts";

/** Longest wait for something that is sure to come, in milliseconds. */
const WAIT_TIMEOUT_MS = 120_000;

/** One request that a listener took. */
export interface Delivery {
  readonly headers: Headers;
  readonly body: string;
  readonly events: readonly Event[];
}

/** What a listener does with a request: takes it, answers with a status, does not answer, or breaks the connection. */
export type Mood = "take" | "hang" | "reset" | number;

interface Message {
  readonly headers: Headers;
  readonly body: string;
}

/** A listener on a port of 127.0.0.1. It speaks HTTP by itself, as no server can be made to break connections. */
export class Receiver {
  /** What it does with a request, by how many came before it. */
  mood: (number: number) => Mood = () => "take";
  /** What it took, in the order of coming. */
  readonly taken: Delivery[] = [];
  /** How many requests came, taken or not. */
  requests = 0;
  #listener: Deno.Listener;
  readonly #port: number;
  readonly #connections = new Set<Deno.Conn>();
  readonly #waiters = new Set<() => void>();

  constructor() {
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.#port = (this.#listener.addr as Deno.NetAddr).port;
    this.#accept(this.#listener);
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/events`;
  }

  /** Every event that it took. */
  get events(): readonly Event[] {
    return this.taken.flatMap(({ events }) => events);
  }

  /** Resolves when a condition holds, which is looked at after each request. Rejects when it does not for minutes. */
  until(what: string, holds: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#waiters.delete(look);
      };
      const look = (): void => {
        if (!holds()) return;
        end();
        resolve();
      };
      const timer = setTimeout(() => {
        end();
        reject(new Error(`The listener has not seen ${what} after ${this.requests} requests`));
      }, WAIT_TIMEOUT_MS);
      this.#waiters.add(look);
      look();
    });
  }

  /** Stops listening; who is connected is cut off. */
  close(): void {
    this.#listener.close();
    for (const connection of this.#connections) connection.close();
    this.#connections.clear();
  }

  /** Listens again, on the same port. */
  open(): void {
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: this.#port });
    this.#accept(this.#listener);
  }

  async #accept(listener: Deno.Listener): Promise<void> {
    for await (const connection of listener) this.#serve(connection);
  }

  async #serve(connection: Deno.Conn): Promise<void> {
    this.#connections.add(connection);
    try {
      for await (const message of messagesOf(connection)) {
        const mood = this.mood(this.requests++);
        if (mood === "reset") break;
        if (mood === "take") this.#take(message);
        if (mood !== "hang") await answer(connection, mood === "take" ? 200 : mood);
        for (const waiter of this.#waiters) waiter();
      }
    } catch {
      // The other end is gone, or this one was closed.
    }
    if (this.#connections.delete(connection)) connection.close();
  }

  #take({ headers, body }: Message): void {
    const { events } = JSON.parse(body) as Envelope;
    this.taken.push({ headers, body, events });
  }
}

const READ_BYTES = 64 * 1024;
const HEAD_END = "\r\n\r\n";

/** The requests of a connection, each with a body whose length it tells. */
async function* messagesOf(connection: Deno.Conn): AsyncGenerator<Message> {
  // One character for each byte.
  const decoder = new TextDecoder("latin1");
  const buffer = new Uint8Array(READ_BYTES);
  let text = "";
  for (;;) {
    const count = await connection.read(buffer);
    if (count === null) return;
    text += decoder.decode(buffer.subarray(0, count));
    for (;;) {
      const head = text.indexOf(HEAD_END);
      if (head < 0) break;
      const headers = headersOf(text.slice(0, head));
      const start = head + HEAD_END.length;
      const end = start + Number(headers.get("Content-Length") ?? "0");
      if (text.length < end) break;
      yield { headers, body: text.slice(start, end) };
      text = text.slice(end);
    }
  }
}

function headersOf(head: string): Headers {
  const lines = head.split("\r\n").slice(1).map((line): [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  return new Headers(lines);
}

async function answer(connection: Deno.Conn, status: number): Promise<void> {
  const text = `HTTP/1.1 ${status} Status\r\nContent-Length: 2\r\n\r\nok`;
  await connection.write(new TextEncoder().encode(text));
}
