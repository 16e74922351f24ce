/**
 * A set of digests with a mark each, in tens of bytes per digest.
 *
 * @module
 */

import type { Digest } from "../storage/digest.ts";
import { DigestNumbers } from "./digest_numbers.ts";

const FIRST_MARKS = 1024;

/**
 * Digests, some of them marked. Two that share their first 128 bits are taken for one, which keeps one of them too
 * many; nobody can make use of that but to keep garbage.
 */
export class DigestTable {
  readonly #numbers = new DigestNumbers();
  /** By number: 1 for a digest that is marked. */
  #marks = new Uint8Array(FIRST_MARKS);
  #marked = 0;

  /** How many digests are in it. */
  get size(): number {
    return this.#numbers.size;
  }

  /** How many of them are marked. */
  get marked(): number {
    return this.#marked;
  }

  /** Puts a digest in; `false` when it was there. */
  add(digest: Digest): boolean {
    const { size } = this.#numbers;
    return this.#numbers.add(digest) === size;
  }

  has(digest: Digest): boolean {
    return this.#numbers.find(digest) !== null;
  }

  /** Marks a digest, putting it in if need be; `false` when it was marked. */
  mark(digest: Digest): boolean {
    const number = this.#numbers.add(digest);
    if (number >= this.#marks.length) this.#grow(number);
    if (this.#marks[number] === 1) return false;
    this.#marks[number] = 1;
    this.#marked++;
    return true;
  }

  isMarked(digest: Digest): boolean {
    const number = this.#numbers.find(digest);
    return number !== null && this.#marks[number] === 1;
  }

  #grow(number: number): void {
    const marks = new Uint8Array(Math.max(this.#marks.length * 2, number + 1));
    marks.set(this.#marks);
    this.#marks = marks;
  }
}
