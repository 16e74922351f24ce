/**
 * Figures: what was measured of whom, what was expected, and what that comes to.
 *
 * @module
 */

import { summarize } from "./measure.ts";
import { isBerth } from "./servers.ts";
import type { Table } from "./table.ts";

/** What is expected of berth: to be so many times as good as another, or to stay below a value in the unit. */
export type Expectation =
  | { readonly rival: string; readonly ratio: number }
  | { readonly atMost: number };

/** One line of a table, before anything was measured. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  /** Set where it is a time. */
  readonly lessIsBetter?: true;
  readonly expected: readonly Expectation[];
}

/** A figure with all its samples, by the name of the contender. */
export interface MeasuredFigure extends Figure {
  readonly samples: Readonly<Record<string, readonly number[]>>;
  /** Who did not end in the time there was; their only sample is that time, and less than the truth. */
  readonly bounded: readonly string[];
}

/** How an expectation was met. */
export interface Verdict {
  readonly expectation: Expectation;
  /** The ratio, or the median in the unit; `null` where one of the two was not measured. */
  readonly value: number | null;
  /** Whether the value is only a bound of the truth. */
  readonly isBound: boolean;
  /** `null` where that is not known. */
  readonly isMet: boolean | null;
}

/** Groups the digits of large numbers, and keeps one decimal of small ones and three of those below one. */
export function formatNumber(value: number): string {
  const digits = value < 1 ? 3 : value < 100 ? 1 : 0;
  return value.toLocaleString("en-US", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

/** Groups the digits of a whole number. */
export function formatCount(count: number): string {
  return count.toLocaleString("en-US");
}

/** How many times as good the median of one contender is as that of another; `null` without samples of both. */
export function ratioOf(figure: MeasuredFigure, name: string, rival: string): number | null {
  const [own, other] = [figure.samples[name], figure.samples[rival]];
  if (own === undefined || other === undefined || name === rival) return null;
  const [ownMedian, otherMedian] = [summarize(own).median, summarize(other).median];
  return figure.lessIsBetter === true ? otherMedian / ownMedian : ownMedian / otherMedian;
}

/** Who is judged: berth in its forms, except one that the figure compares another form with. */
export function judgedOf(figure: MeasuredFigure): readonly string[] {
  return Object.keys(figure.samples).filter((name) =>
    isBerth(name) &&
    !figure.expected.some((expectation) => "rival" in expectation && expectation.rival === name)
  );
}

/** How a contender meets each expectation. */
export function verdictsOf(figure: MeasuredFigure, name: string): readonly Verdict[] {
  return figure.expected.map((expectation) => {
    const isOwnBound = figure.bounded.includes(name);
    if ("atMost" in expectation) {
      const samples = figure.samples[name];
      const value = samples === undefined ? null : summarize(samples).median;
      const isMet = value === null ? null : value <= expectation.atMost && !isOwnBound;
      return { expectation, value, isBound: isOwnBound, isMet };
    }
    const value = ratioOf(figure, name, expectation.rival);
    const isBound = figure.bounded.includes(expectation.rival);
    if (value === null) return { expectation, value, isBound, isMet: null };
    // A rival that was not waited for is worse than its bound by nobody knows how much.
    const isEnough = value >= expectation.ratio;
    const isMet = isOwnBound ? false : isBound && !isEnough ? null : isEnough;
    return { expectation, value, isBound, isMet };
  });
}

/** `15x docker-registry`, `10 ms`. */
export function formatExpectation(expectation: Expectation, unit: string): string {
  return "rival" in expectation
    ? `${expectation.ratio}x ${expectation.rival}`
    : `at most ${expectation.atMost} ${unit}`;
}

/** `4.50x`, `>12.00x`, `3.2 ms`, each with what it means for the expectation; `-` where nothing was measured. */
export function formatVerdict(
  { expectation, value, isBound, isMet }: Verdict,
  unit: string,
): string {
  if (value === null) return "-";
  const figure = "rival" in expectation ? `${value.toFixed(2)}x` : `${formatNumber(value)} ${unit}`;
  return `${isBound ? ">" : ""}${figure}${
    isMet === null ? " (unknown)" : isMet ? "" : " (missed)"
  }`;
}

/** How a contender meets all that is expected: `4.50x, 0.81x (missed)`; empty where nothing is. */
export function formatVerdicts(figure: MeasuredFigure, name: string): string {
  return verdictsOf(figure, name)
    .map((verdict) => formatVerdict(verdict, figure.unit))
    .join(", ");
}

/** The median with the smallest and the largest sample, `-` without samples. */
export function formatSamples(figure: MeasuredFigure, name: string): string {
  const samples = figure.samples[name];
  if (samples === undefined) return "-";
  const { median, min, max } = summarize(samples);
  if (figure.bounded.includes(name)) return `>${formatNumber(median)}`;
  const spread = samples.length === 1 ? "" : ` (${formatNumber(min)}-${formatNumber(max)})`;
  return `${formatNumber(median)}${spread}`;
}

/** All contenders of some figures, in the order in which they come. */
export function contendersOf(figures: readonly MeasuredFigure[]): readonly string[] {
  return [...new Set(figures.flatMap(({ samples }) => Object.keys(samples)))];
}

/**
 * The table of figures: measured, expected, and how far that was met. Contenders that are ceilings share a column, as
 * each of them is one only for some figures.
 */
export function figureTable(
  title: string,
  figures: readonly MeasuredFigure[],
  ceilings: readonly string[] = [],
): Table {
  const names = contendersOf(figures).filter((name) => !ceilings.includes(name));
  const judged = [...new Set(figures.flatMap(judgedOf))];
  return {
    title,
    textColumns: 2,
    head: ["", "", ...names, "ceiling", "expected", ...judged.map((name) => `${name}: is`)],
    rows: figures.map((figure) => [
      figure.name,
      figure.unit,
      ...names.map((name) => formatSamples(figure, name)),
      ceilings.filter((name) => figure.samples[name] !== undefined)
        .map((name) => `${formatSamples(figure, name)} ${name}`).join(", "),
      figure.expected.map((expectation) => formatExpectation(expectation, figure.unit)).join(", "),
      ...judged.map((name) => judgedOf(figure).includes(name) ? formatVerdicts(figure, name) : ""),
    ]),
  };
}

/** A figure for programs: every sample, its summary, and how the expectations were met. */
export function figureJson(figure: MeasuredFigure): unknown {
  const { samples, bounded, ...rest } = figure;
  return {
    ...rest,
    contenders: Object.entries(samples).map(([name, own]) => ({
      name,
      ...summarize(own),
      isBound: bounded.includes(name),
      samples: own,
      ...judgedOf(figure).includes(name) ? { verdicts: verdictsOf(figure, name) } : {},
    })),
  };
}

/** How many expectations were missed; empty where nothing was expected. */
export function formatMissed(figures: readonly MeasuredFigure[]): string {
  const verdicts = figures
    .flatMap((figure) => judgedOf(figure).flatMap((name) => verdictsOf(figure, name)))
    .filter(({ isMet }) => isMet !== null);
  if (verdicts.length === 0) return "";
  const missed = verdicts.filter(({ isMet }) => isMet === false).length;
  return `Expected: ${verdicts.length}, missed: ${missed}.`;
}
