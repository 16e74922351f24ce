import { assertEquals } from "@std/assert";
import { REMOVAL_KINDS } from "../gc/removal.ts";
import { Metrics } from "../registry/metrics.ts";
import { UpkeepMetrics } from "./upkeep_metrics.ts";

const NOW_MS = 5_000;

function open(): { metrics: Metrics; upkeep: UpkeepMetrics } {
  const configured = { driver: ["filesystem"], endpoint: [], kind: REMOVAL_KINDS, version: ["1"] };
  const metrics = new Metrics(configured, { count: 1, index: 0 });
  return { metrics, upkeep: new UpkeepMetrics(metrics, () => NOW_MS) };
}

Deno.test("UpkeepMetrics count collections and what they removed", () => {
  const { metrics, upkeep } = open();
  const removed = { blob: { count: 2, bytes: 30 }, upload: { count: 1, bytes: 5 } };
  const common = { seconds: .5, problems: 1 };
  upkeep.hear({ kind: "collected", collected: { ...common, outcome: "done", removed } });
  upkeep.hear({ kind: "collected", collected: { ...common, outcome: "failed", removed: {} } });
  const runs = [...metrics.family("berth_gc_runs_total").series()];
  assertEquals(runs.map(({ labels, value }) => [labels.outcome, value]), [
    ["done", 1],
    ["busy", 0],
    ["failed", 1],
  ]);
  assertEquals(metrics.family("berth_gc_seconds_total").total(), 1);
  assertEquals(metrics.family("berth_gc_problems_total").total(), 2);
  assertEquals(metrics.family("berth_gc_removed_total").total(), 3);
  assertEquals(metrics.family("berth_gc_freed_bytes_total").total(), 35);
  assertEquals(metrics.family("berth_gc_timestamp_seconds").total(), 5);
});

Deno.test("UpkeepMetrics take the uploads of a survey, and go on from there", () => {
  const { metrics, upkeep } = open();
  const uploads = metrics.family("berth_uploads_in_progress");
  uploads.add(2);
  const surveyed = { blobs: 3, bytes: 4, repositories: 1, uploads: 7, seconds: .25 };
  upkeep.hear({ kind: "surveyed", surveyed });
  assertEquals(uploads.total(), 7);
  uploads.add(1);
  upkeep.hear({ kind: "purged", uploads: 3 });
  assertEquals(uploads.total(), 5);
  assertEquals(metrics.family("berth_uploads_purged_total").total(), 3);
  const shown = (["blobs", "bytes", "repositories"] as const)
    .map((what) => metrics.family(`berth_store_${what}`).total());
  assertEquals(shown, [3, 4, 1]);
  assertEquals(metrics.family("berth_store_survey_timestamp_seconds").total(), 5);
});
