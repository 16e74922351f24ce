/**
 * What an overview knows of every blob of a store, in tens of bytes per blob.
 *
 * @module
 */

import { DigestNumbers } from "../../gc/digest_numbers.ts";
import type { Digest } from "../../storage/digest.ts";

const FIRST_BLOBS = 1024;

/** The holder of a blob that no repository links. */
const NOBODY = 0;
/** The holder of a blob that more than one repository links. */
const SEVERAL = 0xffff_ffff;

/** Sizes of blobs, and which repositories hold them. Repositories are numbered from 0. */
export class BlobTable {
  readonly #numbers = new DigestNumbers();
  #sizes = new Float64Array(FIRST_BLOBS);
  /** The number of the repository that holds it plus one, or {@linkcode NOBODY} or {@linkcode SEVERAL}. */
  #holders = new Uint32Array(FIRST_BLOBS);
  #bytes = 0;

  /** How many blobs there are. */
  get size(): number {
    return this.#numbers.size;
  }

  /** Bytes of all of them. */
  get bytes(): number {
    return this.#bytes;
  }

  add(digest: Digest, size: number): void {
    const number = this.#numbers.add(digest);
    if (number >= this.#sizes.length) this.#grow();
    this.#bytes += size - (this.#sizes[number] ?? 0);
    this.#sizes[number] = size;
  }

  /** Bytes of a blob; `null` when it is not in the table. */
  sizeOf(digest: Digest): number | null {
    const number = this.#numbers.find(digest);
    return number === null ? null : this.#sizes[number] ?? null;
  }

  /** Notes that a repository holds a blob; returns the size of it, or 0 when it is not in the table. */
  hold(digest: Digest, repository: number): number {
    const number = this.#numbers.find(digest);
    if (number === null) return 0;
    const holder = this.#holders[number];
    if (holder === NOBODY) this.#holders[number] = repository + 1;
    else if (holder !== repository + 1) this.#holders[number] = SEVERAL;
    return this.#sizes[number] ?? 0;
  }

  /** Whether a blob is in the table and no repository holds it. */
  isOrphan(digest: Digest): boolean {
    const number = this.#numbers.find(digest);
    return number !== null && this.#holders[number] === NOBODY;
  }

  /** Bytes by who holds them, for so many repositories. */
  sums(repositories: number): BlobSums {
    const unique = new Float64Array(repositories);
    let [orphan, shared] = [0, 0];
    for (let number = 0; number < this.size; number++) {
      const size = this.#sizes[number] ?? 0;
      const holder = this.#holders[number] ?? NOBODY;
      if (holder === NOBODY) orphan += size;
      else if (holder === SEVERAL) shared += size;
      else unique[holder - 1] = (unique[holder - 1] ?? 0) + size;
    }
    return { unique, shared, orphan };
  }

  #grow(): void {
    const length = this.#sizes.length * 2;
    const sizes = new Float64Array(length);
    sizes.set(this.#sizes);
    this.#sizes = sizes;
    const holders = new Uint32Array(length);
    holders.set(this.#holders);
    this.#holders = holders;
  }
}

/** Bytes by who holds them. */
export interface BlobSums {
  /** By number of the repository, what only it holds. */
  readonly unique: Float64Array;
  /** What several repositories hold, counted once. */
  readonly shared: number;
  /** What none holds. */
  readonly orphan: number;
}
