/**
 * Counts what happens, over all threads of a server.
 *
 * All series of all metrics have their places in memory that the threads share, as the table says beforehand which there
 * can be. Each thread counts in places of its own, so that counting is a plain addition; who reads adds them up.
 *
 * @module
 */

import { MetricCell } from "./metric_cell.ts";
import { type ConfiguredLabel, type MetricName, type MetricRow, METRICS } from "./metric_rows.ts";

/** The values of the labels that the table does not know. */
export type ConfiguredValues = Readonly<Record<ConfiguredLabel, readonly string[]>>;

/** The threads that count. */
export interface MetricWriters {
  readonly count: number;
  /** Which one this is, from 0. */
  readonly index: number;
}

/** One series, as it is read. */
export interface Series {
  /** By label. */
  readonly labels: Readonly<Record<string, string>>;
  /** The value of a counter or gauge; the sum of what a histogram was shown. */
  readonly value: number;
  /** Of a histogram, how many values were in each of its buckets and, at the end, beyond the last one. */
  readonly counts: readonly number[];
}

/** All metrics of a server, as one of its threads sees them. */
export class Metrics {
  /** To be handed to other threads. */
  readonly buffer: SharedArrayBuffer;
  readonly #families: Readonly<Record<MetricName, Family>>;

  constructor(configured: ConfiguredValues, writers: MetricWriters, buffer?: SharedArrayBuffer) {
    const places = layOut(configured);
    this.buffer = buffer ??
      new SharedArrayBuffer(places.slots * writers.count * Float64Array.BYTES_PER_ELEMENT);
    const views = Array.from({ length: writers.count }, (_, index) => {
      const offset = index * places.slots * Float64Array.BYTES_PER_ELEMENT;
      return new Float64Array(this.buffer, offset, places.slots);
    });
    this.#families = Object.fromEntries(
      places.rows.map(({ name, row, labels, start }) => [
        name,
        new Family(row, labels, start, views, writers.index),
      ]),
    ) as Record<MetricName, Family>;
  }

  /** One metric, to count in. */
  family(name: MetricName): Family {
    return this.#families[name];
  }
}

interface Label {
  readonly name: string;
  readonly values: readonly string[];
}

interface PlacedRow {
  readonly name: string;
  readonly row: MetricRow;
  readonly labels: readonly Label[];
  readonly start: number;
}

/** Gives each series its places. */
function layOut(configured: ConfiguredValues): { rows: readonly PlacedRow[]; slots: number } {
  let slots = 0;
  const rows = Object.entries<MetricRow>(METRICS).map(([name, row]) => {
    const labels = Object.entries(row.labels).map(([label, values]) => ({
      name: label,
      values: typeof values === "string" ? configured[values] : values,
    }));
    const start = slots;
    slots += labels.reduce((product, { values }) => product * values.length, slotsOf(row));
    return { name, row, labels, start };
  });
  return { rows, slots };
}

/** A histogram has its buckets, one for what is beyond them, and the sum. */
function slotsOf({ type, buckets }: MetricRow): number {
  return type === "histogram" ? buckets.length + 2 : 1;
}

/** One metric. Label values are given in the order of the table; unknown ones count as the last of their label. */
export class Family {
  readonly row: MetricRow;
  readonly #labels: readonly Label[];
  readonly #start: number;
  readonly #width: number;
  readonly #indexes: readonly ReadonlyMap<string, number>[];
  readonly #views: readonly Float64Array[];
  readonly #own: Float64Array;

  constructor(
    row: MetricRow,
    labels: readonly Label[],
    start: number,
    views: readonly Float64Array[],
    writer: number,
  ) {
    this.row = row;
    this.#labels = labels;
    this.#start = start;
    this.#width = slotsOf(row);
    this.#indexes = labels.map(({ values }) =>
      new Map(values.map((value, index) => [value, index]))
    );
    this.#views = views;
    const own = views[writer];
    if (own === undefined) throw new RangeError(`There is no writer ${writer} of metrics`);
    this.#own = own;
  }

  /** One series, for who counts in it often. */
  cell(...values: readonly string[]): MetricCell {
    return new MetricCell(this.#own, this.#slot(values), this.row.buckets);
  }

  /** Adds to a counter or a gauge. */
  add(amount: number, ...values: readonly string[]): void {
    this.cell(...values).add(amount);
  }

  /** Sets a gauge. What other threads have set adds to it, so one thread sets it. */
  set(value: number, ...values: readonly string[]): void {
    this.cell(...values).set(value);
  }

  /** Shows a value to a histogram. */
  observe(value: number, ...values: readonly string[]): void {
    this.cell(...values).observe(value);
  }

  /** Every series with the sum over all threads. Leaves out those that nothing was counted in, unless they are shown. */
  *series(): Generator<Series> {
    const combinations = this.#labels.reduce((product, { values }) => product * values.length, 1);
    for (let index = 0; index < combinations; index++) {
      const slot = this.#start + index * this.#width;
      const totals = Array.from({ length: this.#width }, (_, place) => this.#total(slot + place));
      if (!this.row.showsZero && totals.every((total) => total === 0)) continue;
      const value = totals.at(-1) ?? 0;
      yield { labels: this.#labelsOf(index), value, counts: totals.slice(0, -1) };
    }
  }

  /** The sum over all series and threads; of a histogram, of all that it was shown. */
  total(): number {
    let total = 0;
    for (const { value } of this.series()) total += value;
    return total;
  }

  #slot(values: readonly string[]): number {
    let index = 0;
    for (let place = 0; place < this.#indexes.length; place++) {
      const known = this.#indexes[place];
      if (known === undefined) break;
      index = index * known.size + (known.get(values[place] ?? "") ?? known.size - 1);
    }
    return this.#start + index * this.#width;
  }

  #labelsOf(index: number): Record<string, string> {
    const labels: Record<string, string> = {};
    let rest = index;
    for (const { name, values } of this.#labels.toReversed()) {
      labels[name] = values[rest % values.length] ?? "";
      rest = Math.floor(rest / values.length);
    }
    return labels;
  }

  #total(slot: number): number {
    return this.#views.reduce((total, view) => total + (view[slot] ?? 0), 0);
  }
}
