/**
 * The metrics of what looks after the store.
 *
 * @module
 */

import type { Metrics } from "../registry/metrics.ts";
import type { Collected, Surveyed, UpkeepReport } from "./upkeep_report.ts";

const MS_IN_ONE_SECOND = 1_000;

/** Counts what the threads tell. */
export class UpkeepMetrics {
  readonly #metrics: Metrics;
  readonly #nowMs: () => number;

  constructor(metrics: Metrics, nowMs: () => number = Date.now) {
    this.#metrics = metrics;
    this.#nowMs = nowMs;
  }

  /** Takes what a thread tells. */
  hear(report: UpkeepReport): void {
    if (report.kind === "collected") this.#collected(report.collected);
    else if (report.kind === "surveyed") this.#surveyed(report.surveyed);
    else if (report.kind === "purged") {
      this.#metrics.family("berth_uploads_purged_total").add(report.uploads);
      this.#metrics.family("berth_uploads_in_progress").add(-report.uploads);
    }
  }

  #collected({ outcome, seconds, removed, problems }: Collected): void {
    const metrics = this.#metrics;
    metrics.family("berth_gc_runs_total").add(1, outcome);
    metrics.family("berth_gc_seconds_total").add(seconds);
    metrics.family("berth_gc_problems_total").add(problems);
    for (const [kind, { count, bytes }] of Object.entries(removed)) {
      metrics.family("berth_gc_removed_total").add(count, kind);
      metrics.family("berth_gc_freed_bytes_total").add(bytes);
    }
    metrics.family("berth_uploads_in_progress").add(-(removed.upload?.count ?? 0));
    metrics.family("berth_gc_timestamp_seconds").set(this.#nowMs() / MS_IN_ONE_SECOND);
  }

  #surveyed({ blobs, bytes, repositories, uploads, seconds }: Surveyed): void {
    const metrics = this.#metrics;
    metrics.family("berth_store_blobs").set(blobs);
    metrics.family("berth_store_bytes").set(bytes);
    metrics.family("berth_store_repositories").set(repositories);
    metrics.family("berth_store_survey_seconds").set(seconds);
    metrics.family("berth_store_survey_timestamp_seconds").set(this.#nowMs() / MS_IN_ONE_SECOND);
    const counted = metrics.family("berth_uploads_in_progress");
    // What was counted since the start holds only what was begun since, and not what other servers have begun.
    counted.add(uploads - counted.total());
  }
}
