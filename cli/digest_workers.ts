/**
 * The workers of `berth digest`, seen from the main thread.
 *
 * @module
 */

import type { DigestJob, DigestOutcome } from "./digest_file.ts";

interface Order {
  readonly jobs: readonly DigestJob[];
  readonly resolve: (outcomes: readonly DigestOutcome[]) => void;
  readonly reject: (error: Error) => void;
}

/** As many workers as there are cores, each started when there is work that no other one is free for. */
export class DigestWorkers {
  readonly #workers: Worker[] = [];
  readonly #idle: Worker[] = [];
  readonly #waiting: Order[] = [];
  #onRoom: (() => void) | null = null;

  /** Hashes files on the next worker that is free. Rejects only when the worker itself fails. */
  digest(jobs: readonly DigestJob[]): Promise<readonly DigestOutcome[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ jobs, resolve, reject });
      const worker = this.#idle.pop() ?? this.#start();
      if (worker !== null) this.#next(worker);
    });
  }

  /** Resolves when the workers need more to do soon. For one caller at a time. */
  async room(): Promise<void> {
    while (this.#waiting.length >= navigator.hardwareConcurrency) {
      await new Promise<void>((resolve) => this.#onRoom = resolve);
    }
  }

  /** Ends the workers; what they have not finished is lost. */
  close(): void {
    for (const worker of this.#workers) worker.terminate();
  }

  #start(): Worker | null {
    if (this.#workers.length >= navigator.hardwareConcurrency) return null;
    const worker = new Worker(new URL("./digest_worker.ts", import.meta.url), { type: "module" });
    this.#workers.push(worker);
    return worker;
  }

  #next(worker: Worker): void {
    const order = this.#waiting.shift();
    this.#onRoom?.();
    if (order === undefined) {
      this.#idle.push(worker);
      return;
    }
    worker.onmessage = ({ data }: MessageEvent<readonly DigestOutcome[]>): void => {
      order.resolve(data);
      this.#next(worker);
    };
    worker.onerror = (event): void => {
      event.preventDefault();
      const error = new Error(`A worker failed: ${event.message}`);
      for (const { reject } of [order, ...this.#waiting.splice(0)]) reject(error);
      this.#onRoom?.();
    };
    worker.postMessage(order.jobs);
  }
}
