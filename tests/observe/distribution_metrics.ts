/**
 * The metrics of distribution's registry 2.8 and 3, and what becomes of them in berth.
 *
 * @module
 */

/** One metric of distribution. */
export interface DistributionMetric {
  readonly type: "counter" | "gauge" | "histogram";
  readonly labels: readonly string[];
  /** Why berth does not have it; `null` when it has. */
  readonly isMissingBecause: string | null;
}

function served(
  type: DistributionMetric["type"],
  ...labels: readonly string[]
): DistributionMetric {
  return { type, labels, isMissingBecause: null };
}

function missing(because: string, metric: DistributionMetric): DistributionMetric {
  return { ...metric, isMissingBecause: because };
}

const NO_EVENTS = "berth sends no events yet, and counts none";
const NO_MIRROR = "berth is no mirror of another registry";
const NO_REDIS = "berth asks no Redis";

/** Every metric of distribution's own, by its name. */
export const DISTRIBUTION_METRICS: Readonly<Record<string, DistributionMetric>> = {
  registry_http_in_flight_requests: served("gauge", "handler"),
  registry_http_requests_total: served("counter", "handler", "code", "method"),
  registry_http_request_duration_seconds: served("histogram", "handler", "method"),
  registry_http_request_size_bytes: served("histogram", "handler"),
  registry_http_response_size_bytes: served("histogram", "handler"),
  registry_storage_action_seconds: served("histogram", "driver", "action"),
  registry_storage_cache_requests_total: served("counter"),
  registry_storage_cache_hits_total: served("counter"),
  registry_storage_cache_errors_total: served("counter"),
  registry_storage_cache_total: served("counter", "type"),
  registry_storage_cache_redis_seconds: missing(NO_REDIS, served("histogram", "operation")),
  registry_notifications_events_total: missing(NO_EVENTS, served("counter", "type", "endpoint")),
  registry_notifications_pending_total: missing(NO_EVENTS, served("gauge", "endpoint")),
  registry_notifications_status_total: missing(NO_EVENTS, served("counter", "code", "endpoint")),
  registry_proxy_requests_total: missing(NO_MIRROR, served("counter", "type")),
  registry_proxy_hits_total: missing(NO_MIRROR, served("counter", "type")),
  registry_proxy_misses_total: missing(NO_MIRROR, served("counter", "type")),
  registry_proxy_pulled_bytes_total: missing(NO_MIRROR, served("counter", "type")),
  registry_proxy_pushed_bytes_total: missing(NO_MIRROR, served("counter", "type")),
};

/** What distribution's page shows beside them and berth's does not, by the beginning of the name. */
export const MISSING_BESIDE: Readonly<Record<string, string>> = {
  go_: "there is no Go in berth",
  promhttp_: "they are about the page itself, in Go's library",
  process_virtual_memory: "Deno lets a program look at /proc only with --allow-all",
  process_open_fds: "Deno lets a program look at /proc only with --allow-all",
  process_max_fds: "Deno lets a program look at /proc only with --allow-all",
};
