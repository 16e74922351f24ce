/**
 * The metrics of requests.
 *
 * @module
 */

import type { Family, Metrics } from "./metrics.ts";
import type { RouteLabel } from "./route.ts";

/** A request that was answered. */
export interface AnsweredRequest {
  readonly label: RouteLabel;
  readonly method: string;
  readonly status: number;
  readonly durationMs: number;
  readonly receivedBytes: number;
  readonly sentBytes: number;
}

/** Counts requests. */
export class RequestMetrics {
  readonly #inFlight: Family;
  readonly #requests: Family;
  readonly #seconds: Family;
  readonly #requestBytes: Family;
  readonly #responseBytes: Family;
  readonly #received: Family;
  readonly #sent: Family;
  readonly #uploads: Family;

  constructor(metrics: Metrics) {
    this.#inFlight = metrics.family("registry_http_in_flight_requests");
    this.#requests = metrics.family("registry_http_requests_total");
    this.#seconds = metrics.family("registry_http_request_duration_seconds");
    this.#requestBytes = metrics.family("registry_http_request_size_bytes");
    this.#responseBytes = metrics.family("registry_http_response_size_bytes");
    this.#received = metrics.family("berth_http_received_bytes_total");
    this.#sent = metrics.family("berth_http_sent_bytes_total");
    this.#uploads = metrics.family("berth_uploads_in_progress");
  }

  begin(label: RouteLabel): void {
    this.#inFlight.add(1, label);
  }

  end(label: RouteLabel): void {
    this.#inFlight.add(-1, label);
  }

  received(bytes: number): void {
    this.#received.add(bytes);
  }

  sent(bytes: number): void {
    this.#sent.add(bytes);
  }

  answered(request: AnsweredRequest): void {
    const { label, status, durationMs } = request;
    const method = METHOD_NAMES[request.method] ?? "other";
    this.#requests.add(1, label, String(status), method);
    this.#seconds.observe(durationMs / 1000, label, method);
    this.#requestBytes.observe(request.receivedBytes, label);
    this.#responseBytes.observe(request.sentBytes, label);
    const uploads = UPLOAD_CHANGES[`${label} ${request.method} ${status}`];
    if (uploads !== undefined) this.#uploads.add(uploads);
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
  "blob_upload POST 202": 1,
  "blob_upload_chunk PUT 201": -1,
  "blob_upload_chunk DELETE 204": -1,
};
