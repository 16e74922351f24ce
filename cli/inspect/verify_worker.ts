/**
 * A worker that reads blobs again and compares their digests.
 *
 * @module
 */

import type { Digest } from "../../storage/digest.ts";
import { openStore, type Store } from "../../storage/store.ts";
import { openInspectedDriver } from "../wire.ts";
import { type BadBlob, verifyBlob } from "./verify_blob.ts";

/** What a worker is asked: to open a store first, then to read blobs of it. */
export type VerifyOrder =
  | { readonly kind: "open"; readonly root: string }
  | { readonly kind: "verify"; readonly digests: readonly Digest[] };

/** What a worker tells: bytes as they are read, a blob that is bad, and the end of an order. */
export type VerifyReport =
  | { readonly kind: "read"; readonly bytes: number }
  | { readonly kind: "bad"; readonly bad: BadBlob }
  | { readonly kind: "done"; readonly blobs: number }
  | { readonly kind: "failed"; readonly message: string };

/** The part of the global scope of a worker that the compiler's library for the main thread does not know. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<VerifyOrder>) => void) | null;
  postMessage(report: VerifyReport): void;
}

const scope = globalThis as unknown as WorkerScope;
let store: Store | null = null;

scope.onmessage = async ({ data }): Promise<void> => {
  try {
    if (data.kind === "open") store = openStore(openInspectedDriver(data.root));
    else await verifyAll(data.digests);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    scope.postMessage({ kind: "failed", message });
  }
};

async function verifyAll(digests: readonly Digest[]): Promise<void> {
  if (store === null) throw new TypeError("Cannot verify: no store was opened");
  for (const digest of digests) {
    const onRead = (bytes: number): void => scope.postMessage({ kind: "read", bytes });
    const bad = await verifyBlob(store, digest, onRead);
    if (bad !== null) scope.postMessage({ kind: "bad", bad });
  }
  scope.postMessage({ kind: "done", blobs: digests.length });
}
