/**
 * A map that forgets.
 *
 * @module
 */

/** Told of each look into a cache, whether it found something. */
export type CacheWatch = (isHit: boolean) => void;

/** A map whose entries have weights; once their sum is over the limit, the least recently used are dropped. */
export class BoundedMap<K, V> {
  readonly #entries = new Map<K, { readonly value: V; readonly weight: number }>();
  readonly #weightMax: number;
  readonly #watch: CacheWatch | null;
  #weight = 0;

  constructor(weightMax: number, watch: CacheWatch | null = null) {
    this.#weightMax = weightMax;
    this.#watch = watch;
  }

  get(key: K): V | undefined {
    const entry = this.#entries.get(key);
    this.#watch?.(entry !== undefined);
    if (entry === undefined) return undefined;
    // A Map keeps insertion order: setting again makes the entry the most recently used.
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  /** Tells whether there is an entry, which makes it no more recently used. */
  has(key: K): boolean {
    return this.#entries.has(key);
  }

  /** Keeps a value, unless it alone is heavier than the limit. */
  set(key: K, value: V, weight = 1): void {
    this.delete(key);
    if (weight > this.#weightMax) return;
    this.#entries.set(key, { value, weight });
    this.#weight += weight;
    for (const oldest of this.#entries.keys()) {
      if (this.#weight <= this.#weightMax) break;
      this.delete(oldest);
    }
  }

  delete(key: K): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#weight -= entry.weight;
  }
}
