import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { exposition } from "./exposition.ts";
import { METRICS } from "./metric_rows.ts";
import { Metrics } from "./metrics.ts";
import { openMetricsOf } from "./metrics_kit.ts";

function linesOf(metrics: Metrics, name: string): readonly string[] {
  return exposition(metrics).split("\n").filter((line) => line.includes(name));
}

Deno.test("exposition() says what each metric is, and then its series", () => {
  const [metrics] = openMetricsOf(1);
  metrics.family("registry_http_requests_total").add(3, "blob", "206", "get");
  assertEquals(linesOf(metrics, "registry_http_requests_total"), [
    "# HELP registry_http_requests_total Requests that were answered.",
    "# TYPE registry_http_requests_total counter",
    'registry_http_requests_total{code="206",handler="blob",method="get"} 3',
  ]);
});

Deno.test("exposition() writes buckets that count all that is below them", () => {
  const [metrics] = openMetricsOf(1);
  const family = metrics.family("registry_storage_action_seconds");
  for (const seconds of [.001, .02, .03, 100]) family.observe(seconds, "inmemory", "Stat");
  const labels = 'action="Stat",driver="inmemory"';
  assertEquals(linesOf(metrics, "registry_storage_action_seconds").slice(2), [
    ...[[.005, 1], [.01, 1], [.025, 2], [.05, 3], [.1, 3], [.25, 3], [.5, 3], [1, 3], [2.5, 3]]
      .map(([le, count]) =>
        `registry_storage_action_seconds_bucket{${labels},le="${le}"} ${count}`
      ),
    ...[[5, 3], [10, 3], ["+Inf", 4]].map(([le, count]) =>
      `registry_storage_action_seconds_bucket{${labels},le="${le}"} ${count}`
    ),
    `registry_storage_action_seconds_sum{${labels}} 100.051`,
    `registry_storage_action_seconds_count{${labels}} 4`,
  ]);
});

Deno.test("exposition() writes bounds with the letters of distribution", () => {
  const [metrics] = openMetricsOf(1);
  metrics.family("registry_http_response_size_bytes").observe(1, "blob");
  const bounds = linesOf(metrics, "registry_http_response_size_bytes_bucket")
    .map((line) => /le="([^"]+)"/.exec(line)?.[1] ?? "");
  assertEquals(bounds.length, 23);
  assertEquals(bounds.slice(8, 12), ["262144", "524288", "1.048576e+06", "2.097152e+06"]);
  assertEquals(bounds.slice(-3), ["1.073741824e+09", "2.147483648e+09", "+Inf"]);
});

Deno.test("exposition() escapes values of labels", () => {
  const configured = { driver: ["inmemory"], endpoint: [], kind: ["blob"], version: ['1"\\\n'] };
  const metrics = new Metrics(configured, { count: 1, index: 0 });
  metrics.family("berth_build_info").set(1);
  assertStringIncludes(exposition(metrics), 'berth_build_info{version="1\\"\\\\\\n"} 1\n');
});

Deno.test("exposition() shows what was never counted where there are few of it, and else leaves it out", () => {
  const [metrics] = openMetricsOf(1);
  const page = exposition(metrics);
  assertStringIncludes(page, "\nberth_store_bytes 0\n");
  assertStringIncludes(page, '\nberth_gc_runs_total{outcome="failed"} 0\n');
  assertStringIncludes(page, '\nregistry_http_in_flight_requests{handler="catalog"} 0\n');
  for (const absent of ["registry_http_requests_total", "_bucket", "process_open_fds"]) {
    assertEquals(page.includes(absent), false, absent);
  }
});

Deno.test("exposition() has each metric once, in order", () => {
  const [metrics] = openMetricsOf(1);
  const names = [...exposition(metrics).matchAll(/^# TYPE (\S+) /gm)].map((match) => match[1]);
  assertEquals(names, names.toSorted());
  assertEquals(new Set(names).size, names.length);
  assert(names.every((name) => Object.hasOwn(METRICS, name ?? "")));
});
