/**
 * How long to wait before a listener that failed is asked again.
 *
 * @module
 */

import { EVENTS_PAUSE_MS_MAX } from "../../storage/limits.ts";
import type { Endpoint } from "./endpoint.ts";

/**
 * The pause after so many failures in a row, in milliseconds: none below the threshold, then `backoff`, and twice as
 * long with each further failure, up to a minute. Of that a random half is left out, so that many servers do not ask
 * again all at once. `random` is from 0 to 1.
 */
export function pauseMs(
  { threshold, backoffMs }: Pick<Endpoint, "threshold" | "backoffMs">,
  failures: number,
  random: number,
): number {
  if (failures < threshold) return 0;
  const longest = Math.max(EVENTS_PAUSE_MS_MAX, backoffMs);
  return Math.min(longest, backoffMs * 2 ** (failures - threshold)) * (1 - random / 2);
}
