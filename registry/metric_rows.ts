/**
 * Every metric, in one table: its name, its kind, its labels with all values that they can have, and what it says. The
 * page of metrics, its reference and the checks of the dashboard are read off it.
 *
 * Names that begin with `registry_` and `process_` are those of distribution's registry, with its labels, so that
 * dashboards go on working; those that begin with `berth_` are berth's own.
 *
 * @module
 */

import { STORAGE_ACTIONS } from "../storage/observed_driver.ts";
import { ROUTE_LABELS } from "./route.ts";

/** Labels whose values are told when the metrics are opened: they depend on the settings, or on rooms to the right. */
export type ConfiguredLabel = "driver" | "endpoint" | "kind" | "version";

/** All values of a label. One that is not among them counts as the last one. */
export type LabelValues = readonly string[] | ConfiguredLabel;

/** One metric, without its name. */
export interface MetricRow {
  readonly type: "counter" | "gauge" | "histogram";
  /** Ends up behind `# HELP`. */
  readonly help: string;
  readonly labels: Readonly<Record<string, LabelValues>>;
  /** Upper bounds, ascending; only of histograms. */
  readonly buckets: readonly number[];
  /** Whether series that nothing was counted in are shown too. */
  readonly showsZero: boolean;
}

type Labels = MetricRow["labels"];

/** Methods as distribution's metrics write them. */
export const METHOD_LABELS = [
  "get",
  "head",
  "post",
  "put",
  "patch",
  "delete",
  "options",
  "other",
] as const;

/** Statuses that berth answers with. */
export const STATUS_LABELS = [
  ...["200", "201", "202", "204", "206", "304"],
  ...["400", "401", "403", "404", "405", "412", "413", "414", "416", "429"],
  ...["500", "503", "other"],
] as const;

/** Statuses that listeners answer with, as Go writes them. */
export const LISTENER_STATUS_LABELS = [
  ...["200 OK", "201 Created", "202 Accepted", "204 No Content", "301 Moved Permanently"],
  ...["302 Found", "307 Temporary Redirect", "308 Permanent Redirect", "400 Bad Request"],
  ...["401 Unauthorized", "403 Forbidden", "404 Not Found", "405 Method Not Allowed"],
  ...["408 Request Timeout", "409 Conflict", "410 Gone", "413 Request Entity Too Large"],
  ...["415 Unsupported Media Type", "422 Unprocessable Entity", "429 Too Many Requests"],
  ...["500 Internal Server Error", "501 Not Implemented", "502 Bad Gateway"],
  ...["503 Service Unavailable", "504 Gateway Timeout", "other"],
] as const;

/** Those of distribution (`registry/registry.go` of go-metrics). */
const SECONDS_BUCKETS = [.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10];
const REQUEST_SECONDS_BUCKETS = [...SECONDS_BUCKETS, 25, 60];
const BYTES_BUCKETS = Array.from({ length: 22 }, (_, power) => 1024 * 2 ** power);

function counter(help: string, labels: Labels = {}): MetricRow {
  return { type: "counter", help, labels, buckets: [], showsZero: isSmall(labels) };
}

function gauge(help: string, labels: Labels = {}): MetricRow {
  return { type: "gauge", help, labels, buckets: [], showsZero: true };
}

/** A gauge of what cannot be found out everywhere: it is not shown while it is 0. */
function known(help: string): MetricRow {
  return { ...gauge(help), showsZero: false };
}

function histogram(help: string, labels: Labels, buckets: readonly number[]): MetricRow {
  return { type: "histogram", help, labels, buckets, showsZero: false };
}

/** Series of one label are few enough to be shown before there is anything to count. */
function isSmall(labels: Labels): boolean {
  return Object.keys(labels).length < 2;
}

const HTTP = {
  registry_http_in_flight_requests: gauge("Requests that are being answered.", {
    handler: ROUTE_LABELS,
  }),
  registry_http_requests_total: counter("Requests that were answered.", {
    handler: ROUTE_LABELS,
    code: STATUS_LABELS,
    method: METHOD_LABELS,
  }),
  registry_http_request_duration_seconds: histogram(
    "Time from a request's head to the end of its answer.",
    { handler: ROUTE_LABELS, method: METHOD_LABELS },
    REQUEST_SECONDS_BUCKETS,
  ),
  registry_http_request_size_bytes: histogram(
    "Bytes of the bodies of requests.",
    { handler: ROUTE_LABELS },
    BYTES_BUCKETS,
  ),
  registry_http_response_size_bytes: histogram(
    "Bytes of the bodies of answers.",
    { handler: ROUTE_LABELS },
    BYTES_BUCKETS,
  ),
  berth_http_received_bytes_total: counter("Bytes of bodies that came in, as they come."),
  berth_http_sent_bytes_total: counter("Bytes of bodies that went out, as they go."),
} as const;

const STORAGE = {
  registry_storage_action_seconds: histogram(
    "Time that the store took for an action.",
    { driver: "driver", action: STORAGE_ACTIONS },
    SECONDS_BUCKETS,
  ),
  registry_storage_cache_requests_total: counter("Looks into the memory of manifests and blobs."),
  registry_storage_cache_hits_total: counter("Looks that found what they looked for."),
  registry_storage_cache_errors_total: counter("Looks that failed, which they cannot."),
  registry_storage_cache_total: counter("The same, as distribution 2 counts it.", {
    type: ["Request", "Hit", "Miss"],
  }),
  berth_store_bytes: gauge("Bytes of all blobs, at the last survey."),
  berth_store_blobs: gauge("Blobs, at the last survey."),
  berth_store_repositories: gauge("Repositories, at the last survey."),
  berth_store_survey_timestamp_seconds: gauge("When the last survey ended; 0 before the first."),
  berth_store_survey_seconds: gauge("Time that the last survey took."),
  berth_store_volume_bytes: known("Size of the file system that the store is on."),
  berth_store_volume_free_bytes: known("Bytes of it that berth may still use."),
  berth_uploads_in_progress: gauge(
    "Uploads that were begun and not ended: those of the last survey, and what has come and gone since.",
  ),
} as const;

const UPKEEP = {
  berth_gc_runs_total: counter("Collections that the server ran by itself.", {
    outcome: ["done", "busy", "failed"],
  }),
  berth_gc_seconds_total: counter("Time that they took."),
  berth_gc_removed_total: counter("What they removed.", { kind: "kind" }),
  berth_gc_freed_bytes_total: counter("Bytes that they freed."),
  berth_gc_problems_total: counter("What they found damaged, and kept."),
  berth_gc_timestamp_seconds: gauge("When the last one ended; 0 before the first."),
  berth_uploads_purged_total: counter(
    "Uploads that were removed because nobody went on with them.",
  ),
} as const;

const NOTIFICATIONS = {
  registry_notifications_events_total: counter("Events of each listener, and what came of them.", {
    type: ["Events", "Successes", "Failures", "Errors"],
    endpoint: "endpoint",
  }),
  registry_notifications_pending_total: gauge("Events that wait for the listener.", {
    endpoint: "endpoint",
  }),
  registry_notifications_status_total: counter("Answers of listeners by their status.", {
    code: LISTENER_STATUS_LABELS,
    endpoint: "endpoint",
  }),
  berth_notifications_dropped_total: counter("Pulls that made room for later events.", {
    endpoint: "endpoint",
  }),
} as const;

const SERVER = {
  berth_build_info: gauge("1, with the version.", { version: "version" }),
  berth_event_loops: gauge("Event loops that answer requests."),
  berth_health_checks_failing: gauge("Health checks that fail; the API answers 503 meanwhile."),
  berth_read_only: gauge("Whether writes are turned down."),
  berth_draining: gauge("Whether the server is about to end."),
  berth_log_lines_dropped_total: counter("Lines of logs that nobody took in time."),
  process_cpu_seconds_total: counter("Processor time that the process took."),
  process_open_fds: known("Files and sockets that it has open, where there is a `/proc`."),
  process_max_fds: known("How many it may have open, where there is a `/proc`."),
  process_resident_memory_bytes: gauge("Memory that it takes."),
  process_virtual_memory_bytes: known("Addresses that it takes, where there is a `/proc`."),
  process_start_time_seconds: gauge("When it started, since 1970."),
} as const;

/** Every metric by its name. */
export const METRICS = {
  ...HTTP,
  ...STORAGE,
  ...UPKEEP,
  ...NOTIFICATIONS,
  ...SERVER,
} as const satisfies Readonly<Record<string, MetricRow>>;

export type MetricName = keyof typeof METRICS;
