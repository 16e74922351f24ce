import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  figureJson,
  figureTable,
  formatMissed,
  formatNumber,
  formatSamples,
  formatVerdict,
  judgedOf,
  type MeasuredFigure,
  ratioOf,
  verdictsOf,
} from "./figure.ts";

const RATE: MeasuredFigure = {
  name: "manifest GET",
  unit: "requests/s",
  expected: [{ rival: "docker-registry", ratio: 4 }, { rival: "nginx", ratio: 0.5 }],
  samples: {
    "berth, 1 worker": [9000, 10_000, 8000],
    "docker-registry": [2000, 1500, 2500],
    nginx: [20_000],
  },
  bounded: [],
};

const TIME: MeasuredFigure = {
  name: "catalog",
  unit: "ms",
  lessIsBetter: true,
  expected: [{ rival: "docker-registry", ratio: 20 }, { atMost: 10 }],
  samples: { "berth, 1 worker": [5], "docker-registry": [50] },
  bounded: [],
};

function textsOf(figure: MeasuredFigure): readonly string[] {
  return verdictsOf(figure, "berth, 1 worker")
    .map((verdict) => formatVerdict(verdict, figure.unit));
}

Deno.test("formatNumber() groups thousands, and keeps decimals of what is small", () => {
  assertEquals(
    [12_345.6, 100, 99.94, 1, 0.1234, 0].map(formatNumber),
    ["12,346", "100", "99.9", "1.0", "0.123", "0.000"],
  );
});

Deno.test("ratioOf() divides the medians, and turns the ratio of times around", () => {
  assertEquals(ratioOf(RATE, "berth, 1 worker", "docker-registry"), 4.5);
  assertEquals(ratioOf(TIME, "berth, 1 worker", "docker-registry"), 10);
});

Deno.test("ratioOf() is null without samples of both, and of one with itself", () => {
  assertEquals(ratioOf(RATE, "berth, 1 worker", "caddy"), null);
  assertEquals(ratioOf(RATE, "caddy", "nginx"), null);
  assertEquals(ratioOf(RATE, "nginx", "nginx"), null);
});

Deno.test("judgedOf() leaves out the form of berth that another is compared with", () => {
  const expected = [{ rival: "berth, one after the other", ratio: 1.7 }];
  const samples = { "berth, one after the other": [2], berth: [1], openssl: [1] };
  assertEquals(judgedOf({ ...TIME, expected, samples }), ["berth"]);
});

Deno.test("verdictsOf() says what was met and what was missed", () => {
  assertEquals(textsOf(RATE), ["4.50x", "0.45x (missed)"]);
  assertEquals(textsOf(TIME), ["10.00x (missed)", "5.0 ms"]);
});

Deno.test("verdictsOf() takes the time of a rival that was not waited for as a bound", () => {
  const bounded = ["docker-registry"];
  assertEquals(textsOf({ ...TIME, bounded })[0], ">10.00x (unknown)");
  const samples = { ...TIME.samples, "docker-registry": [500] };
  assertEquals(textsOf({ ...TIME, samples, bounded })[0], ">100.00x");
});

Deno.test("verdictsOf() has nothing met by a berth that was not waited for", () => {
  const figure = { ...TIME, bounded: ["berth, 1 worker"] };
  assertEquals(textsOf(figure), ["10.00x (missed)", ">5.0 ms (missed)"]);
});

Deno.test("verdictsOf() is without a value where there is no rival", () => {
  const samples = { "berth, 1 worker": [5] };
  assertEquals(textsOf({ ...TIME, samples }), ["-", "5.0 ms"]);
});

Deno.test("formatSamples() gives the median and the ends, and of a bound only that", () => {
  assertEquals(formatSamples(RATE, "berth, 1 worker"), "9,000 (8,000-10,000)");
  assertEquals(formatSamples(RATE, "nginx"), "20,000");
  assertEquals(formatSamples({ ...RATE, bounded: ["nginx"] }, "nginx"), ">20,000");
  assertEquals(formatSamples(RATE, "caddy"), "-");
});

Deno.test("figureTable() has measured beside expected, and ceilings in one column", () => {
  const { head, rows } = figureTable("All", [RATE, TIME], ["nginx"]);
  assertEquals(head, [
    ...["", "", "berth, 1 worker", "docker-registry", "ceiling", "expected"],
    "berth, 1 worker: is",
  ]);
  assertEquals(rows, [
    [
      ...["manifest GET", "requests/s", "9,000 (8,000-10,000)", "2,000 (1,500-2,500)"],
      ...["20,000 nginx", "4x docker-registry, 0.5x nginx", "4.50x, 0.45x (missed)"],
    ],
    [
      ...["catalog", "ms", "5.0", "50.0", "", "20x docker-registry, at most 10 ms"],
      "10.00x (missed), 5.0 ms",
    ],
  ]);
});

Deno.test("figureJson() has every sample, its summary and the verdicts", () => {
  const text = JSON.stringify(figureJson(RATE));
  assertStringIncludes(text, '"median":9000,"min":8000,"max":10000');
  assertStringIncludes(text, '"samples":[9000,10000,8000]');
  assertStringIncludes(text, '"value":4.5,"isBound":false,"isMet":true');
});

Deno.test("formatMissed() counts, and is empty where nothing is expected", () => {
  assertEquals(formatMissed([RATE, TIME]), "Expected: 4, missed: 2.");
  assertEquals(formatMissed([{ ...RATE, expected: [] }]), "");
});
