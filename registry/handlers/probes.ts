/**
 * `/livez` and `/readyz`: what Kubernetes and load balancers ask. They are answered whatever else is turned down.
 *
 * @module
 */

import type { RequestContext } from "../context.ts";
import { RegistryError } from "../errors.ts";
import { PLAIN_TEXT } from "../media_types.ts";
import { type Answer, respondError, respondText } from "../respond.ts";

/** Tells that the process answers; one that does not is to be started again. */
export function getLive(): Answer {
  return respondOk();
}

/** Tells whether to send requests here; 503 with the reason when not. */
export function getReady({ settings }: RequestContext): Answer {
  return respondReady(settings.unready ?? null);
}

/** The answer for a reason not to send requests here, or for none. */
export function respondReady(unready: string | null): Answer {
  if (unready === null) return respondOk();
  return respondError(new RegistryError("UNAVAILABLE", { message: unready }));
}

/** The answer of who is well. */
export function respondOk(): Answer {
  return respondText("ok\n", { "Content-Type": PLAIN_TEXT, "Cache-Control": "no-store" });
}

const PROBE_REGEXP = /^[a-z]+:\/\/[^/]*\/(?:livez|readyz)\/?(?:\?|$)/;

/** Whether a request is a probe. */
export function isProbe({ url }: Request): boolean {
  return PROBE_REGEXP.test(url);
}
