/**
 * Reads the page that Prometheus reads.
 *
 * @module
 */

/** One line of a page. */
export interface Sample {
  /** With `_bucket`, `_sum` or `_count` for a histogram. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A page: the type of each metric, and its lines. */
export interface MetricsPage {
  readonly types: ReadonlyMap<string, string>;
  readonly samples: readonly Sample[];
}

const SAMPLE_REGEXP = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/;
const LABEL_REGEXP = /([a-z]+)="((?:[^"\\]|\\.)*)"/g;

/** Parses a page of the text format 0.0.4. Throws for a line that is none. */
export function parseMetrics(page: string): MetricsPage {
  const types = new Map<string, string>();
  const samples: Sample[] = [];
  for (const line of page.split("\n").filter((text) => text !== "")) {
    const [, of, type] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
    if (of !== undefined && type !== undefined) types.set(of, type);
    if (line.startsWith("#")) continue;
    const [, name, labels = "", value = ""] = SAMPLE_REGEXP.exec(line) ?? [];
    if (name === undefined) throw new Error(`Not a line of metrics: ${line}`);
    const pairs = [...labels.matchAll(LABEL_REGEXP)].map((
      [, label = "", text = ""],
    ) => [label, text]);
    samples.push({ name, labels: Object.fromEntries(pairs), value: Number(value) });
  }
  return { types, samples };
}

/** The sum of all lines of a name that have these labels. */
export function sumOf(
  { samples }: MetricsPage,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number {
  return samples
    .filter((sample) =>
      sample.name === name &&
      Object.entries(labels).every(([label, value]) => sample.labels[label] === value)
    )
    .reduce((sum, { value }) => sum + value, 0);
}

/** The names of the labels of a metric, sorted, and the bounds of its buckets. */
export function shapeOf(
  { samples }: MetricsPage,
  name: string,
): { readonly labels: readonly string[]; readonly bounds: readonly string[] } {
  const own = samples.filter((sample) => sample.name.replace(/_(bucket|sum|count)$/, "") === name);
  const labels = new Set(own.flatMap((sample) => Object.keys(sample.labels)));
  const bounds = new Set(own.flatMap(({ labels: { le } }) => le ?? []));
  labels.delete("le");
  return { labels: [...labels].toSorted(), bounds: [...bounds] };
}
