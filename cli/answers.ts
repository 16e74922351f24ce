/**
 * The answers of a server that are not sent yet.
 *
 * @module
 */

import { LINGER_MS } from "../storage/limits.ts";
import type { Handler } from "./listener.ts";

/** What `Deno.serve` returns, as far as it is closed. */
interface Closable {
  shutdown(): Promise<void>;
}

/** Counts answers from the moment they are asked for until their last byte is handed to the connection. */
export class Answers {
  #underWay = 0;
  #sent: PromiseWithResolvers<void> | null = null;

  /** A handler whose answers are counted. */
  counting(handler: Handler): Handler {
    return (request, info) => {
      this.#underWay++;
      info.completed.then(this.#onEnd, this.#onEnd);
      return handler(request, info);
    };
  }

  /**
   * Closes a server when its answers are sent. `shutdown()` alone waits for each connection on which a body has not come
   * to its end (Deno 2.9), be it that its client is gone without a word: those get a few seconds.
   */
  async close(server: Closable, wait: (ms: number) => Promise<void> = sleep): Promise<void> {
    await Promise.race([server.shutdown(), this.#allSent().then(() => wait(LINGER_MS))]);
  }

  #allSent(): Promise<void> {
    if (this.#underWay === 0) return Promise.resolve();
    this.#sent ??= Promise.withResolvers();
    return this.#sent.promise;
  }

  readonly #onEnd = (): void => {
    this.#underWay--;
    if (this.#underWay === 0) this.#sent?.resolve();
  };
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => Deno.unrefTimer(setTimeout(resolve, ms)));
}
