/**
 * The metrics of requests.
 *
 * @module
 */

import type { MetricCell } from "./metric_cell.ts";
import type { Metrics } from "./metrics.ts";
import { ROUTE_LABELS, type RouteLabel } from "./route.ts";

/** A request that was answered. */
export interface AnsweredRequest {
  readonly label: RouteLabel;
  readonly method: string;
  readonly status: number;
  readonly durationMs: number;
  readonly receivedBytes: number;
  readonly sentBytes: number;
}

/** What requests are counted in that have route, method and status in common. */
interface RequestCells {
  readonly requests: MetricCell;
  readonly seconds: MetricCell;
  readonly requestBytes: MetricCell;
  readonly responseBytes: MetricCell;
  /** By how much one of them changes the number of uploads. */
  readonly uploads: number;
}

/** Counts requests. */
export class RequestMetrics {
  readonly #metrics: Metrics;
  readonly #inFlight: Readonly<Record<RouteLabel, MetricCell>>;
  readonly #received: MetricCell;
  readonly #sent: MetricCell;
  readonly #uploads: MetricCell;
  /** By what they have in common. */
  readonly #cells = new Map<string, RequestCells>();

  constructor(metrics: Metrics) {
    this.#metrics = metrics;
    const inFlight = metrics.family("registry_http_in_flight_requests");
    this.#inFlight = Object.fromEntries(
      ROUTE_LABELS.map((label) => [label, inFlight.cell(label)]),
    ) as Record<RouteLabel, MetricCell>;
    this.#received = metrics.family("berth_http_received_bytes_total").cell();
    this.#sent = metrics.family("berth_http_sent_bytes_total").cell();
    this.#uploads = metrics.family("berth_uploads_in_progress").cell();
  }

  begin(label: RouteLabel): void {
    this.#inFlight[label].add(1);
  }

  end(label: RouteLabel): void {
    this.#inFlight[label].add(-1);
  }

  received(bytes: number): void {
    this.#received.add(bytes);
  }

  sent(bytes: number): void {
    this.#sent.add(bytes);
  }

  answered({ label, method, status, durationMs, receivedBytes, sentBytes }: AnsweredRequest): void {
    const cells = this.#cellsOf(label, METHOD_NAMES[method] ?? "other", status);
    cells.requests.add(1);
    cells.seconds.observe(durationMs / 1000);
    cells.requestBytes.observe(receivedBytes);
    cells.responseBytes.observe(sentBytes);
    if (cells.uploads !== 0) this.#uploads.add(cells.uploads);
  }

  #cellsOf(label: RouteLabel, method: string, status: number): RequestCells {
    const key = `${label} ${method} ${status}`;
    const known = this.#cells.get(key);
    if (known !== undefined) return known;
    const cells = {
      requests: this.#metrics.family("registry_http_requests_total")
        .cell(label, String(status), method),
      seconds: this.#metrics.family("registry_http_request_duration_seconds").cell(label, method),
      requestBytes: this.#metrics.family("registry_http_request_size_bytes").cell(label),
      responseBytes: this.#metrics.family("registry_http_response_size_bytes").cell(label),
      uploads: UPLOAD_CHANGES[key] ?? 0,
    };
    this.#cells.set(key, cells);
    return cells;
  }
}

/** A request may have any method. */
const METHOD_NAMES: Readonly<Record<string, string>> = Object.assign(Object.create(null), {
  GET: "get",
  HEAD: "head",
  POST: "post",
  PUT: "put",
  PATCH: "patch",
  DELETE: "delete",
  OPTIONS: "options",
});

/** Which answers mean that an upload has begun, or has ended. */
const UPLOAD_CHANGES: Readonly<Record<string, number>> = {
  "blob_upload post 202": 1,
  "blob_upload_chunk put 201": -1,
  "blob_upload_chunk delete 204": -1,
};
