/**
 * bcrypt beside the event loop.
 *
 * @module
 */

import { PASSWORDS_WAITING_MAX, RETRY_AFTER_SECONDS } from "../../storage/limits.ts";
import { RegistryError } from "../errors.ts";
import type { BcryptOrder, BcryptReport } from "./bcrypt_worker.ts";

type Waiter = PromiseWithResolvers<BcryptReport["result"]>;

/** What an order says besides its number. */
type Question = BcryptOrder extends infer Order ? Order extends BcryptOrder ? Omit<Order, "id">
  : never
  : never;

/** A thread for bcrypt, started when it is first needed. */
export class Bcrypt {
  readonly #waiters = new Map<number, Waiter>();
  #worker: Worker | null = null;
  #lastId = 0;

  /** Whether a password has a hash. Throws `TOOMANYREQUESTS` when too many others wait. */
  async compare(password: string, hash: string): Promise<boolean> {
    return await this.#ask({ kind: "compare", password, hash }) === true;
  }

  /** A hash of a password, with 2^cost rounds. */
  async hash(password: string, cost: number): Promise<string> {
    const hash = await this.#ask({ kind: "hash", password, cost });
    if (typeof hash === "string") return hash;
    throw new TypeError(`Cannot compute bcrypt with cost ${cost}`);
  }

  /** Ends the thread. Whoever waits is told to try again. */
  close(): void {
    this.#worker?.terminate();
    this.#worker = null;
    for (const { reject } of this.#waiters.values()) reject(busy());
    this.#waiters.clear();
  }

  #ask(question: Question): Promise<BcryptReport["result"]> {
    if (this.#waiters.size >= PASSWORDS_WAITING_MAX) return Promise.reject(busy());
    const id = ++this.#lastId;
    const waiter: Waiter = Promise.withResolvers();
    this.#waiters.set(id, waiter);
    this.#worker ??= this.#start();
    this.#worker.postMessage({ id, ...question });
    return waiter.promise;
  }

  #start(): Worker {
    const worker = new Worker(new URL("./bcrypt_worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<BcryptReport>): void => {
      this.#waiters.get(data.id)?.resolve(data.result);
      this.#waiters.delete(data.id);
    };
    worker.onerror = (event): void => {
      // The next password starts another thread.
      event.preventDefault();
      this.close();
    };
    return worker;
  }
}

function busy(): RegistryError {
  return new RegistryError("TOOMANYREQUESTS", {
    message: "too many passwords wait to be checked; try again",
    headers: { "Retry-After": `${RETRY_AFTER_SECONDS}` },
  });
}
