/**
 * Patience with uploads that another request still holds.
 *
 * @module
 */

import { UPLOAD_BUSY_POLL_MS, UPLOAD_BUSY_WAIT_MS } from "../storage/limits.ts";
import type { UploadOutcome } from "../storage/uploads.ts";

/**
 * Does something with an upload again until nobody else holds it, for two seconds: a client that lost its connection
 * comes back before the server has noticed that the old one is dead. `wait` sleeps for that many milliseconds.
 */
export async function whenFree<T>(
  action: () => Promise<UploadOutcome<T>>,
  wait: (ms: number) => Promise<void> = sleep,
): Promise<UploadOutcome<T>> {
  for (let leftMs = UPLOAD_BUSY_WAIT_MS;; leftMs -= UPLOAD_BUSY_POLL_MS) {
    const outcome = await action();
    if (outcome.kind !== "busy" || leftMs <= 0) return outcome;
    await wait(UPLOAD_BUSY_POLL_MS);
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
