/**
 * The metrics of distribution's registry 2.8 and 3.
 *
 * @module
 */

/** One metric of distribution. */
export interface DistributionMetric {
  readonly type: "counter" | "gauge" | "histogram";
  readonly labels: readonly string[];
}

function metric(
  type: DistributionMetric["type"],
  ...labels: readonly string[]
): DistributionMetric {
  return { type, labels };
}

/** Every metric of distribution's own, by its name. */
export const DISTRIBUTION_METRICS: Readonly<Record<string, DistributionMetric>> = {
  registry_http_in_flight_requests: metric("gauge", "handler"),
  registry_http_requests_total: metric("counter", "handler", "code", "method"),
  registry_http_request_duration_seconds: metric("histogram", "handler", "method"),
  registry_http_request_size_bytes: metric("histogram", "handler"),
  registry_http_response_size_bytes: metric("histogram", "handler"),
  registry_storage_action_seconds: metric("histogram", "driver", "action"),
  registry_storage_cache_requests_total: metric("counter"),
  registry_storage_cache_hits_total: metric("counter"),
  registry_storage_cache_errors_total: metric("counter"),
  registry_storage_cache_total: metric("counter", "type"),
  registry_storage_cache_redis_seconds: metric("histogram", "operation"),
  registry_notifications_events_total: metric("counter", "type", "endpoint"),
  registry_notifications_pending_total: metric("gauge", "endpoint"),
  registry_notifications_status_total: metric("counter", "code", "endpoint"),
  registry_proxy_requests_total: metric("counter", "type"),
  registry_proxy_hits_total: metric("counter", "type"),
  registry_proxy_misses_total: metric("counter", "type"),
  registry_proxy_pulled_bytes_total: metric("counter", "type"),
  registry_proxy_pushed_bytes_total: metric("counter", "type"),
};
