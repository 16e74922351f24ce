import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { openMetricsOf } from "./metrics_kit.ts";
import { cacheCounter, storageTimer } from "./storage_metrics.ts";

Deno.test("storageTimer() hands through what comes at once, later, or not, and counts it", async () => {
  const [metrics] = openMetricsOf(1);
  const watch = storageTimer(metrics, "inmemory");
  assertEquals(watch("Stat", () => 1), 1);
  const late = watch("Stat", () => Promise.resolve(2));
  assertEquals(await late, 2);
  assertThrows(
    () =>
      watch("Move", () => {
        throw new Error("full");
      }),
    Error,
    "full",
  );
  await assertRejects(() => Promise.resolve(watch("Move", () => Promise.reject(new Error("io")))));
  const series = [...metrics.family("registry_storage_action_seconds").series()];
  const counts = series.map(({ labels, counts }) => [
    labels.action,
    labels.driver,
    counts.reduce((sum, count) => sum + count),
  ]);
  assertEquals(counts, [["Move", "inmemory", 2], ["Stat", "inmemory", 2]].reverse());
});

Deno.test("cacheCounter() counts as distribution 3 and distribution 2 do", () => {
  const [metrics] = openMetricsOf(1);
  const count = cacheCounter(metrics);
  for (const isHit of [true, false, true]) count(isHit);
  assertEquals(metrics.family("registry_storage_cache_requests_total").total(), 3);
  assertEquals(metrics.family("registry_storage_cache_hits_total").total(), 2);
  const both = [...metrics.family("registry_storage_cache_total").series()];
  assertEquals(both.map(({ labels, value }) => [labels.type, value]), [
    ["Request", 3],
    ["Hit", 2],
    ["Miss", 1],
  ]);
});
