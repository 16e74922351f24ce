import { assertEquals, assertMatch, assertNotMatch, assertStringIncludes } from "@std/assert";
import {
  formatJson,
  formatLegend,
  formatNumber,
  formatTable,
  ratioToReference,
  type Report,
} from "./print.ts";

const REPORT: Report = {
  loadClient: "wrk",
  processors: 2,
  rounds: 3,
  quick: false,
  rows: [
    {
      name: "manifests by tag",
      unit: "requests/s",
      samples: { "berth, 1 worker": [9000, 10_000, 8000], "docker-registry": [2000, 1500, 2500] },
    },
    { name: "1 GiB blob pull", unit: "MiB/s", samples: { "berth, 1 worker": [95.25] } },
  ],
};

Deno.test("formatNumber() groups thousands and keeps a decimal only below 100", () => {
  assertEquals(formatNumber(12_345.6), "12,346");
  assertEquals(formatNumber(100), "100");
  assertEquals(formatNumber(99.94), "99.9");
  assertEquals(formatNumber(0), "0.0");
});

Deno.test("ratioToReference() divides the medians", () => {
  const row = { name: "", unit: "", samples: { berth: [1, 6, 7], "docker-registry": [4] } };
  assertEquals(ratioToReference(row, "berth"), 1.5);
});

Deno.test("ratioToReference() is null for docker-registry and where a server has no samples", () => {
  const row = { name: "", unit: "", samples: { "docker-registry": [4] } };
  assertEquals(ratioToReference(row, "docker-registry"), null);
  assertEquals(ratioToReference(row, "berth"), null);
  assertEquals(ratioToReference({ name: "", unit: "", samples: { berth: [1] } }, "berth"), null);
});

Deno.test("formatTable() lines up median, ends and ratio, and leaves out a column without entries", () => {
  assertEquals(formatTable(REPORT).split("\n"), [
    "                              berth, 1 worker       min-max  ratio  docker-registry      min-max",
    "manifests by tag  requests/s            9,000  8,000-10,000  4.50x            2,000  1,500-2,500",
    "1 GiB blob pull   MiB/s                  95.3     95.3-95.3                       -",
  ]);
});

Deno.test("formatLegend() names the rounds, the processors and the load client", () => {
  const legend = formatLegend({ ...REPORT, loadClient: "fetch" });
  assertStringIncludes(legend, "3 rounds");
  assertStringIncludes(legend, "2 processors");
  assertStringIncludes(legend, "come from fetch");
});

Deno.test("formatLegend() says that the figures of a quick run mean nothing", () => {
  assertMatch(formatLegend({ ...REPORT, quick: true }), /quick run/);
  assertNotMatch(formatLegend(REPORT), /quick run/);
});

Deno.test("formatJson() is one line with every sample and its summary", () => {
  const text = formatJson(REPORT);
  assertNotMatch(text, /\n/);
  const { rows, ...rest } = JSON.parse(text);
  assertEquals(rest, { loadClient: "wrk", processors: 2, rounds: 3, quick: false });
  assertEquals(rows[0].servers[0], {
    name: "berth, 1 worker",
    median: 9000,
    min: 8000,
    max: 10_000,
    ratio: 4.5,
    samples: [9000, 10_000, 8000],
  });
  assertEquals(rows[1].servers.length, 1);
});
