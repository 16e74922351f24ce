import { assert } from "@std/assert";
import { openMetricsOf } from "../registry/metrics_kit.ts";
import { lookAtProcess } from "./process_metrics.ts";

Deno.test("lookAtProcess() finds out what can be found out", () => {
  const [metrics] = openMetricsOf(1);
  lookAtProcess(metrics, ".");
  for (
    const name of [
      "process_cpu_seconds_total",
      "process_resident_memory_bytes",
      "berth_store_volume_bytes",
      "berth_store_volume_free_bytes",
    ] as const
  ) assert(metrics.family(name).total() > 0, name);
  const startedSeconds = metrics.family("process_start_time_seconds").total();
  assert(startedSeconds > 1.7e9 && startedSeconds * 1000 <= Date.now());
});

Deno.test("lookAtProcess() does without a volume that is not there", () => {
  const [metrics] = openMetricsOf(1);
  lookAtProcess(metrics, "/no/such/directory");
  lookAtProcess(metrics, null);
});
