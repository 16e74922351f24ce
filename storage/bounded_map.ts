/**
 * A map that forgets.
 *
 * @module
 */

/** Told of each look into a cache, whether it found something. */
export type CacheWatch = (isHit: boolean) => void;

interface Entry<V> {
  readonly value: V;
  readonly weight: number;
  /** Whether somebody asked for it since it was passed over last. */
  isUsed: boolean;
}

/**
 * A map whose entries have weights. Once their sum would be over the limit, those go that nobody asked for since the last
 * time, the oldest first (the clock algorithm): to keep the exact order costs more than the look itself.
 */
export class BoundedMap<K, V> {
  readonly #entries = new Map<K, Entry<V>>();
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
    entry.isUsed = true;
    return entry.value;
  }

  /** Tells whether there is an entry, which is no use of it. */
  has(key: K): boolean {
    return this.#entries.has(key);
  }

  /** Keeps a value, unless it alone is heavier than the limit. */
  set(key: K, value: V, weight = 1): void {
    this.delete(key);
    if (weight > this.#weightMax) return;
    this.#makeRoom(this.#weightMax - weight);
    this.#entries.set(key, { value, weight, isUsed: false });
    this.#weight += weight;
  }

  /** Drops entries until the others weigh no more than that. */
  #makeRoom(weightMax: number): void {
    // A Map keeps the order of insertion, and what is put at its end while it is walked comes by again.
    for (const [key, entry] of this.#entries) {
      if (this.#weight <= weightMax) return;
      this.#entries.delete(key);
      if (entry.isUsed) {
        entry.isUsed = false;
        this.#entries.set(key, entry);
      } else this.#weight -= entry.weight;
    }
  }

  delete(key: K): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#weight -= entry.weight;
  }
}
