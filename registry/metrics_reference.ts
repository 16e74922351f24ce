/**
 * Writes the reference of metrics off the table that they are counted by.
 *
 * @module
 */

import { markdownTable } from "./markdown.ts";
import { type LabelValues, type MetricRow, METRICS } from "./metric_rows.ts";
import { DIFFERENT_METRICS, MISSING_METRICS } from "./missing_metrics.ts";

/** Printed above what is generated, so that nobody edits it by hand. */
const INTRODUCTION = `# Metrics

Generated from the table in \`registry/metric_rows.ts\` by \`deno task docs\`;
\`berth serve --print-metrics\` prints the same page.

The page for Prometheus is on the debug server, which \`http.debug.addr\` and \`http.debug.prometheus\`
turn on (see \`cli/CONFIG.md\`). It adds up all event loops. Names that begin with \`registry_\` and
\`process_\` are those of distribution's registry, with its labels and buckets; those that begin with
\`berth_\` are berth's own. No label holds what clients choose: a value that is not in its list counts
as \`other\`.

What is about the store is as of the last survey: a thread of its own looks at each blob and each
repository once, at the start and then as often as \`http.debug.prometheus.surveyinterval\` says. The
file system and the process are looked at when the page is asked for.`;

/** The whole reference as Markdown, formatted as `deno fmt` leaves it. */
export function metricsReference(): string {
  const rows = Object.entries<MetricRow>(METRICS);
  const table = (isOwn: boolean): string =>
    markdownTable(
      ["Name", "Type", "Labels", "What it says"],
      rows.filter(([name]) => name.startsWith("berth_") === isOwn).map(([name, row]) => [
        `\`${name}\``,
        row.type,
        Object.keys(row.labels).map((label) => `\`${label}\``).join(", "),
        row.help,
      ]),
    );
  return [
    INTRODUCTION,
    "## As in distribution",
    table(false),
    "## berth's own",
    table(true),
    "## Labels",
    labelTable(rows),
    "## Differences from distribution",
    differenceTable("Differs", DIFFERENT_METRICS),
    differenceTable("Missing", MISSING_METRICS),
  ].join("\n\n") + "\n";
}

function labelTable(rows: readonly (readonly [string, MetricRow])[]): string {
  const lines = new Map<string, readonly string[]>();
  for (const [, { labels }] of rows) {
    for (const [label, values] of Object.entries(labels)) {
      const cells = [`\`${label}\``, valuesText(values)];
      lines.set(cells.join(), cells);
    }
  }
  return markdownTable(["Label", "Values"], [...lines.values()]);
}

const CONFIGURED_WORDS = {
  driver: "the driver of the store",
  endpoint: "names of the listeners",
  kind: "kinds of what `gc` removes, as in the README",
  version: "berth's version",
} as const;

function valuesText(values: LabelValues): string {
  if (typeof values === "string") return CONFIGURED_WORDS[values];
  return values.map((value) => `\`${value}\``).join(", ");
}

function differenceTable(head: string, rows: Readonly<Record<string, string>>): string {
  return markdownTable(
    [head, "Why"],
    Object.entries(rows).map(([name, why]) => [`\`${name}\``, why]),
  );
}
