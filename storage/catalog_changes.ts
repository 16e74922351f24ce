/**
 * Tells when the catalog of a store may have changed.
 *
 * @module
 */

/** Counts manifests that came or went, over all threads of a process: with them repositories come and go. */
export class CatalogChanges {
  /** To be handed to other threads. */
  readonly buffer: SharedArrayBuffer;
  readonly #counts: BigInt64Array;

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT)) {
    this.buffer = buffer;
    this.#counts = new BigInt64Array(buffer);
  }

  /** How many there were. */
  get count(): bigint {
    return Atomics.load(this.#counts, 0);
  }

  /** Notes one that is done, and not yet answered. */
  note(): void {
    Atomics.add(this.#counts, 0, 1n);
  }
}
