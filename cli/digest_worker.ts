/**
 * A worker of `berth digest`: hashes the files that it is given.
 *
 * @module
 */

import { type DigestJob, type DigestOutcome, FileDigester } from "./digest_file.ts";

/** The part of the global scope of a worker that the compiler's library for the main thread does not know. */
interface DigestWorkerScope {
  onmessage: ((event: MessageEvent<readonly DigestJob[]>) => void) | null;
  postMessage(outcomes: readonly DigestOutcome[]): void;
}

const scope = globalThis as unknown as DigestWorkerScope;
const digester = new FileDigester();

scope.onmessage = ({ data }): void => {
  scope.postMessage(data.map((job) => digester.digest(job)));
};
