/**
 * What is counted of one listener, as distribution's metrics name it (`notifications/metrics.go`).
 *
 * @module
 */

import type { PostOutcome } from "./event_poster.ts";

/** The counts of one listener, as plain data. */
export interface EndpointCounts {
  readonly endpoint: string;
  /** Whether this process delivers to it; another one does otherwise, and knows what is pending. */
  readonly isHere: boolean;
  /** Events that wait: `registry_notifications_pending_total`. */
  readonly pending: number;
  /** By `type` of `registry_notifications_events_total`: that came in, were taken, were refused, got no answer. */
  readonly events: Readonly<Record<EventCount, number>>;
  /** Pulls that made room for later ones. */
  readonly dropped: number;
  /** Answers by status: `registry_notifications_status_total`. */
  readonly statuses: Readonly<Record<number, number>>;
}

export type EventCount = "Events" | "Successes" | "Failures" | "Errors";

const TYPES: Readonly<Record<PostOutcome["kind"], EventCount>> = {
  taken: "Successes",
  refused: "Failures",
  failed: "Errors",
};

/** Counts for one listener. */
export class EndpointCounters {
  readonly events: Record<EventCount, number> = { Events: 0, Successes: 0, Failures: 0, Errors: 0 };
  readonly statuses: Record<number, number> = {};

  /** An attempt, with so many events. */
  add(outcome: PostOutcome, events: number): void {
    this.events[TYPES[outcome.kind]] += events;
    if (outcome.kind === "failed") return;
    this.statuses[outcome.status] = (this.statuses[outcome.status] ?? 0) + 1;
  }
}
