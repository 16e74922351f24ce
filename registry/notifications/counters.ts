/**
 * What is counted of one listener, as distribution's metrics name it (`notifications/metrics.go`).
 *
 * @module
 */

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

/** Counts for one listener. */
export class EndpointCounters {
  readonly events: Record<EventCount, number> = { Events: 0, Successes: 0, Failures: 0, Errors: 0 };
  readonly statuses: Record<number, number> = {};
  dropped = 0;

  /** An answer, to a request with so many events. */
  answered(type: "Successes" | "Failures", status: number, events: number): void {
    this.events[type] += events;
    this.statuses[status] = (this.statuses[status] ?? 0) + 1;
  }
}
