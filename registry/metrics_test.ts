import { assert, assertEquals, assertThrows } from "@std/assert";
import { ERRORS } from "./errors.ts";
import { METHOD_LABELS, type MetricRow, METRICS, STATUS_LABELS } from "./metric_rows.ts";
import { Metrics } from "./metrics.ts";
import { openMetricsOf } from "./metrics_kit.ts";
import { ROUTE_LABELS } from "./route.ts";
import { ROUTES } from "./routes.ts";

Deno.test("Metrics add up what all threads counted", () => {
  const [first, second] = openMetricsOf(2);
  assert(second !== undefined);
  for (const metrics of [first, second]) {
    metrics.family("registry_http_requests_total").add(1, "manifest", "200", "get");
    metrics.family("registry_http_in_flight_requests").add(1, "blob");
  }
  second.family("registry_http_requests_total").add(2, "manifest", "404", "get");
  first.family("registry_http_in_flight_requests").add(-1, "blob");
  for (const metrics of [first, second]) {
    assertEquals([...metrics.family("registry_http_requests_total").series()], [
      { labels: { handler: "manifest", code: "200", method: "get" }, value: 2, counts: [] },
      { labels: { handler: "manifest", code: "404", method: "get" }, value: 2, counts: [] },
    ]);
    assertEquals(metrics.family("registry_http_in_flight_requests").total(), 1);
  }
});

Deno.test("Metrics keep every series apart", () => {
  const [metrics] = openMetricsOf(1);
  const family = metrics.family("registry_http_requests_total");
  let count = 0;
  for (const handler of ROUTE_LABELS) {
    for (const code of STATUS_LABELS) {
      for (const method of METHOD_LABELS) family.add(++count, handler, code, method);
    }
  }
  let seen = 0;
  for (const { labels, value } of family.series()) {
    const { handler = "", code = "", method = "" } = labels;
    assertEquals(value, ++seen, `${handler} ${code} ${method}`);
  }
  assertEquals(seen, count);
  assertEquals([...metrics.family("registry_http_in_flight_requests").series()].length, 13);
  assertEquals(metrics.family("registry_http_in_flight_requests").total(), 0);
});

Deno.test("Family.add() counts a value that is not in the table as the last one of its label", () => {
  const [metrics] = openMetricsOf(1);
  const family = metrics.family("registry_http_requests_total");
  family.add(1, "no such handler", "418", "BREW");
  assertEquals([...family.series()].map(({ labels }) => labels), [
    { handler: "other", code: "other", method: "other" },
  ]);
});

Deno.test("Family.set() replaces what was there", () => {
  const [metrics] = openMetricsOf(1);
  const family = metrics.family("berth_store_bytes");
  family.set(5);
  family.set(3);
  assertEquals(family.total(), 3);
});

Deno.test("Family.observe() counts a value in the first bucket that is not below it", () => {
  const [metrics] = openMetricsOf(1);
  const family = metrics.family("registry_http_response_size_bytes");
  for (const bytes of [0, 1024, 1025, 2 ** 40]) family.observe(bytes, "blob");
  const [series, ...others] = family.series();
  assertEquals(others, []);
  assertEquals(series?.labels, { handler: "blob" });
  assertEquals(series?.value, 1024 + 1025 + 2 ** 40);
  assertEquals(series?.counts, [2, 1, ...Array.from({ length: 20 }, () => 0), 1]);
});

Deno.test("Metrics have a place for each thread and no more", () => {
  const [first] = openMetricsOf(2);
  const configured = {
    driver: ["inmemory"],
    endpoint: [],
    kind: ["blob", "tag"],
    version: ["1.2.3"],
  };
  assertThrows(() => new Metrics(configured, { count: 2, index: 2 }, first.buffer), RangeError);
});

Deno.test("METRICS have names as Prometheus wants them, and words that say what they are", () => {
  for (const [name, row] of Object.entries<MetricRow>(METRICS)) {
    assert(/^(?:registry|process|berth)_[a-z0-9_]+$/.test(name), name);
    assert(row.help.endsWith(".") && !row.help.includes("\n"), name);
    const isDistributions = name.startsWith("registry_") || name.startsWith("process_");
    if (!isDistributions) assertEquals(name.endsWith("_total"), row.type === "counter", name);
    assertEquals(row.buckets.length > 0, row.type === "histogram", name);
    assertEquals([...row.buckets].sort((a, b) => a - b), [...row.buckets], name);
  }
});

Deno.test("METRICS tell every route and every status that berth answers with", () => {
  const labels = ROUTES.map(({ label }) => label);
  assertEquals(new Set([...labels, "token", "other"]), new Set<string>(ROUTE_LABELS));
  const statuses = [
    ...Object.values(ERRORS).map(({ status }) => status),
    ...ROUTES.flatMap(({ endpoints }) => endpoints.flatMap(({ success }) => success)),
  ];
  const known: readonly string[] = STATUS_LABELS;
  assertEquals(statuses.filter((status) => !known.includes(String(status))), []);
});
