/**
 * A worker that computes bcrypt, which takes tens of milliseconds of a core each time.
 *
 * @module
 */

import bcrypt from "bcryptjs";

/** What it is asked: whether a password has a hash, or for a hash of a password. */
export type BcryptOrder =
  & { readonly id: number; readonly password: string }
  & ({ readonly kind: "compare"; readonly hash: string } | {
    readonly kind: "hash";
    readonly cost: number;
  });

/** What it answers; `null` for a hash that cannot be computed with. */
export interface BcryptReport {
  readonly id: number;
  readonly result: boolean | string | null;
}

/** The part of the global scope of a worker that the compiler's library for the main thread does not know. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<BcryptOrder>) => void) | null;
  postMessage(report: BcryptReport): void;
}

const scope = globalThis as unknown as WorkerScope;

scope.onmessage = ({ data }): void => {
  scope.postMessage({ id: data.id, result: compute(data) });
};

function compute(order: BcryptOrder): boolean | string | null {
  try {
    return order.kind === "compare"
      ? bcrypt.compareSync(order.password, order.hash)
      : bcrypt.hashSync(order.password, order.cost);
  } catch {
    // The message could quote what was asked.
    return null;
  }
}
