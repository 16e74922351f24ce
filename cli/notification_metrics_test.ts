import { assertStringIncludes } from "@std/assert";
import { exposition } from "../registry/exposition.ts";
import { Metrics } from "../registry/metrics.ts";
import type { EndpointCounts } from "../registry/notifications/counters.ts";
import { countNotifications } from "./notification_metrics.ts";

const COUNTS: EndpointCounts = {
  endpoint: "alerts",
  isHere: true,
  pending: 3,
  events: { Events: 10, Successes: 6, Failures: 1, Errors: 2 },
  dropped: 4,
  statuses: { 200: 5, 418: 1, 599: 2 },
};

function pageOf(counts: EndpointCounts): string {
  const values = { driver: [], endpoint: ["alerts", "audit"], kind: [], version: [] };
  const metrics = new Metrics(values, { count: 1, index: 0 });
  countNotifications(metrics, [counts]);
  return exposition(metrics);
}

Deno.test("countNotifications() sets distribution's metrics of a listener, and what was dropped", () => {
  const page = pageOf(COUNTS);
  for (
    const line of [
      'registry_notifications_events_total{endpoint="alerts",type="Events"} 10',
      'registry_notifications_events_total{endpoint="alerts",type="Errors"} 2',
      'registry_notifications_pending_total{endpoint="alerts"} 3',
      'registry_notifications_pending_total{endpoint="audit"} 0',
      'registry_notifications_status_total{code="200 OK",endpoint="alerts"} 5',
      'berth_notifications_dropped_total{endpoint="alerts"} 4',
    ]
  ) assertStringIncludes(page, `${line}\n`);
});

Deno.test("countNotifications() counts unusual statuses together", () => {
  const line = 'registry_notifications_status_total{code="other",endpoint="alerts"} 3\n';
  assertStringIncludes(pageOf(COUNTS), line);
});

Deno.test("countNotifications() leaves what is pending to the process that delivers", () => {
  const page = pageOf({ ...COUNTS, isHere: false });
  assertStringIncludes(page, 'registry_notifications_pending_total{endpoint="alerts"} 0\n');
});
