/**
 * What the thread of notifications counts, among the metrics.
 *
 * @module
 */

import { LISTENER_STATUS_LABELS } from "../registry/metric_rows.ts";
import type { Metrics } from "../registry/metrics.ts";
import type { EndpointCounts } from "../registry/notifications/counters.ts";

/** Sets the metrics of each listener. One that another process delivers to has its pending events counted there. */
export function countNotifications(metrics: Metrics, counts: readonly EndpointCounts[]): void {
  for (const { endpoint, isHere, pending, events, dropped, statuses } of counts) {
    for (const [type, count] of Object.entries(events)) {
      metrics.family("registry_notifications_events_total").set(count, type, endpoint);
    }
    const waiting = isHere ? pending : 0;
    metrics.family("registry_notifications_pending_total").set(waiting, endpoint);
    metrics.family("berth_notifications_dropped_total").set(dropped, endpoint);
    for (const [label, count] of statusTotals(statuses)) {
      metrics.family("registry_notifications_status_total").set(count, label, endpoint);
    }
  }
}

/** How often each status was answered, those that have no label of their own together. */
function statusTotals(statuses: Readonly<Record<number, number>>): ReadonlyMap<string, number> {
  const totals = new Map<string, number>();
  for (const [status, count] of Object.entries(statuses)) {
    const label = LISTENER_STATUS_LABELS.find((each) => each.startsWith(`${status} `)) ?? "other";
    totals.set(label, (totals.get(label) ?? 0) + count);
  }
  return totals;
}
