import { assert, assertEquals } from "@std/assert";
import { type MetricRow, METRICS } from "../../registry/metric_rows.ts";
import { withTempDir } from "../harness.ts";
import { testWithPrograms } from "../programs.ts";
import { runProgram } from "../run_berth.ts";
import dashboard from "../../deploy/grafana/berth.json" with { type: "json" };

/** Names of metrics in a query, with what a histogram adds to its own. */
const NAME_REGEXP = /\b(?:registry|berth|process)_[a-z0-9_]+/g;

/** Labels in a query, in its selectors and groupings. */
const SELECTED_REGEXP = /\b([a-z_]+)=~?"/g;
const GROUPED_REGEXP = /\bby \(([a-z_, ]+)\)/g;

/** Labels that Prometheus adds, or that histograms have for their buckets. */
const COMMON_LABELS: readonly string[] = ["instance", "le"];

const QUERIES = dashboard.panels.flatMap((panel) =>
  "targets" in panel ? panel.targets?.map(({ expr }) => ({ of: panel.title, expr })) ?? [] : []
);

function rowOf(name: string): MetricRow | undefined {
  const rows: Readonly<Record<string, MetricRow>> = METRICS;
  const own = rows[name];
  if (own !== undefined) return own.type === "histogram" ? undefined : own;
  const histogram = rows[name.replace(/_(?:bucket|sum|count)$/, "")];
  return histogram?.type === "histogram" ? histogram : undefined;
}

Deno.test("the dashboard asks only for metrics that there are, by labels that they have", () => {
  assert(QUERIES.length > 20);
  for (const { of, expr } of QUERIES) {
    const rows = [...expr.matchAll(NAME_REGEXP)].map(([name]) => {
      const row = rowOf(name);
      assert(row !== undefined, `${of}: there is no ${name}`);
      return row;
    });
    assert(rows.length > 0, of);
    const known = new Set([...COMMON_LABELS, ...rows.flatMap(({ labels }) => Object.keys(labels))]);
    const asked = [
      ...[...expr.matchAll(SELECTED_REGEXP)].map(([, label = ""]) => label),
      ...[...expr.matchAll(GROUPED_REGEXP)].flatMap(([, labels = ""]) => labels.split(/, */)),
    ];
    assertEquals(asked.filter((label) => !known.has(label)), [], `${of}: ${expr}`);
  }
});

testWithPrograms(["promtool"], "the dashboard's queries are queries of Prometheus", async () => {
  await withTempDir("dashboard", async (directory) => {
    const rules = QUERIES.map(({ expr }, index) => ({
      record: `query:${index}`,
      expr: expr.replaceAll("$instance", ".*").replaceAll("$__rate_interval", "1m"),
    }));
    // JSON is YAML.
    const path = `${directory}/rules.yml`;
    await Deno.writeTextFile(path, JSON.stringify({ groups: [{ name: "dashboard", rules }] }));
    const { code, stdout, stderr } = await runProgram("promtool", ["check", "rules", path]);
    assertEquals(code, 0, `${stdout}${stderr}`);
  });
});

Deno.test("the dashboard selects values of labels that there are", () => {
  for (const { of, expr } of QUERIES) {
    const values = [...expr.matchAll(/\b(?:handler|method|action|outcome|kind)=~?"([^"]+)"/g)]
      .flatMap(([, value = ""]) => value.split("|"));
    const known = new Set(
      Object.values<MetricRow>(METRICS).flatMap(({ labels }) =>
        Object.values(labels).flatMap((all) => typeof all === "string" ? [] : all)
      ),
    );
    assertEquals(values.filter((value) => !known.has(value)), [], of);
  }
});

Deno.test("the dashboard shows what berth counts of its own", () => {
  const all = JSON.stringify(QUERIES);
  const hidden = ["berth_build_info", "berth_event_loops", "berth_log_lines_dropped_total"];
  const shown = Object.keys(METRICS).filter((name) =>
    name.startsWith("berth_") && !hidden.includes(name) &&
    !/_(?:survey|gc)_(?:timestamp_)?seconds|gc_seconds_total|gc_problems/.test(name)
  );
  assertEquals(shown.filter((name) => !all.includes(name)), []);
});

Deno.test("the dashboard numbers its panels, and none lies on another", () => {
  const ids = dashboard.panels.map(({ id }) => id);
  assertEquals(new Set(ids).size, ids.length);
  const taken = new Set<string>();
  for (const { title, gridPos: { x, y, w, h } } of dashboard.panels) {
    assert(x >= 0 && x + w <= 24, title);
    for (let column = x; column < x + w; column++) {
      for (let line = y; line < y + h; line++) {
        const place = `${column}/${line}`;
        assert(!taken.has(place), `${title} at ${place}`);
        taken.add(place);
      }
    }
  }
});
