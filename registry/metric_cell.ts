/**
 * One series of a metric, as one thread counts in it.
 *
 * @module
 */

/** The places of a series. Who counts often keeps it, so that nothing has to be looked up. */
export class MetricCell {
  readonly #places: Float64Array;
  readonly #start: number;
  readonly #buckets: readonly number[];

  constructor(places: Float64Array, start: number, buckets: readonly number[]) {
    this.#places = places;
    this.#start = start;
    this.#buckets = buckets;
  }

  /** Adds to a counter or a gauge. */
  add(amount: number): void {
    this.#add(this.#start, amount);
  }

  /** Sets a gauge. */
  set(value: number): void {
    this.#places[this.#start] = value;
  }

  /** Shows a value to a histogram. */
  observe(value: number): void {
    const buckets = this.#buckets;
    let bucket = 0;
    while (bucket < buckets.length && value > (buckets[bucket] ?? 0)) bucket++;
    this.#add(this.#start + bucket, 1);
    // The sum stands behind the buckets, and behind what is beyond the last of them.
    this.#add(this.#start + buckets.length + 1, value);
  }

  #add(place: number, amount: number): void {
    this.#places[place] = (this.#places[place] ?? 0) + amount;
  }
}
