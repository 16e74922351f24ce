/**
 * Metrics as Prometheus reads them (text format 0.0.4).
 *
 * @module
 */

import type { Family, Metrics, Series } from "./metrics.ts";
import { type MetricName, METRICS } from "./metric_rows.ts";

/** The media type of the page. */
export const EXPOSITION_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** The page of all metrics. */
export function exposition(metrics: Metrics): string {
  const names = Object.keys(METRICS) as MetricName[];
  return names.toSorted().map((name) => familyLines(name, metrics.family(name))).join("");
}

function familyLines(name: string, family: Family): string {
  const { row } = family;
  const lines: string[] = [];
  for (const series of family.series()) {
    if (row.type === "histogram") lines.push(...histogramLines(name, row.buckets, series));
    else lines.push(sample(name, series.labels, series.value));
  }
  if (lines.length === 0) return "";
  const head = [`# HELP ${name} ${row.help}`, `# TYPE ${name} ${row.type}`];
  return `${[...head, ...lines].join("\n")}\n`;
}

/** Each bucket counts what is in those before it too. */
function* histogramLines(
  name: string,
  buckets: readonly number[],
  { labels, value, counts }: Series,
): Generator<string> {
  let count = 0;
  for (const [index, inBucket] of counts.entries()) {
    count += inBucket;
    yield sample(
      `${name}_bucket`,
      { ...labels, le: numberText(buckets[index] ?? Infinity) },
      count,
    );
  }
  yield sample(`${name}_sum`, labels, value);
  yield sample(`${name}_count`, labels, count);
}

function sample(name: string, labels: Readonly<Record<string, string>>, value: number): string {
  const pairs = Object.entries(labels).toSorted(([a], [b]) => a < b ? -1 : 1)
    .map(([label, text]) => `${label}="${escaped(text)}"`);
  return `${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${numberText(value)}`;
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
}

/** As Go writes it, since Prometheus compares the letters of bounds: from a million up with an exponent of two digits. */
function numberText(value: number): string {
  if (!Number.isFinite(value)) return value === Infinity ? "+Inf" : "NaN";
  if (Math.abs(value) < 1e6) return String(value);
  const [mantissa = "", exponent = "0"] = value.toExponential().split("e+");
  return `${mantissa}e+${exponent.padStart(2, "0")}`;
}
