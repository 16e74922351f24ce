/**
 * Listeners: where events are posted, and which.
 *
 * @module
 */

import type { Event, EventAction } from "../events.ts";

/** One listener. The names are those of distribution's configuration. */
export interface Endpoint {
  readonly name: string;
  readonly url: string;
  /** Sent with each request, beside its own. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  /** Longest request. */
  readonly timeoutMs: number;
  /** Failures in a row before pauses. */
  readonly threshold: number;
  /** The first pause; each further one is twice as long. */
  readonly backoffMs: number;
  readonly ignoredMediaTypes: readonly string[];
  readonly ignoredActions: readonly string[];
  /** Key of the signature; `null` for none. */
  readonly secret: string | null;
  /** Most events of one request; distribution sends one. */
  readonly batch: number;
}

/** Whether a listener wants such an event. */
export function isWantedBy(
  { ignoredActions, ignoredMediaTypes }: Endpoint,
  action: EventAction,
  mediaType: string,
): boolean {
  return !ignoredActions.includes(action) && !ignoredMediaTypes.includes(mediaType);
}

/** Whether a listener wants any pulls. */
export function wantsPulls({ ignoredActions }: Endpoint): boolean {
  return !ignoredActions.includes("pull");
}

/** Whether a listener wants this event. */
export function isEventWantedBy(endpoint: Endpoint, { action, target }: Event): boolean {
  return isWantedBy(endpoint, action, target.mediaType);
}
