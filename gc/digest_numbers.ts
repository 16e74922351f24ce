/**
 * Numbers for digests, in tens of bytes per digest.
 *
 * @module
 */

import { type Digest, digestHex } from "../storage/digest.ts";

/** Words of 32 bits that are kept of a digest. */
const WORDS = 4;
const HEX_PER_WORD = 8;

/** Slots are doubled when more than this part of them is taken. */
const LOAD_FACTOR = 0.6;

const FIRST_SLOTS = 1024;

/**
 * Gives every digest a number, counting from 0 in the order in which they come, so that what is known of them can be
 * kept in arrays. Digests are told apart by their first 128 bits. Open addressing: the words of a digest are as good a
 * hash as any.
 */
export class DigestNumbers {
  /** The number that each slot holds, plus one; 0 for a free slot. */
  #slots = new Uint32Array(FIRST_SLOTS);
  /** By number. */
  #words = new Uint32Array(FIRST_SLOTS * WORDS);
  #size = 0;

  /** How many digests have a number. */
  get size(): number {
    return this.#size;
  }

  /** The number of a digest, a new one if it has none. */
  add(digest: Digest): number {
    if (this.#size >= this.#slots.length * LOAD_FACTOR) this.#grow();
    const words = wordsOf(digest);
    const slot = this.#slotOf(words);
    const taken = this.#slots[slot] ?? 0;
    if (taken > 0) return taken - 1;
    const number = this.#size++;
    this.#words.set(words, number * WORDS);
    this.#slots[slot] = number + 1;
    return number;
  }

  /** The number of a digest; `null` when it has none. */
  find(digest: Digest): number | null {
    const taken = this.#slots[this.#slotOf(wordsOf(digest))] ?? 0;
    return taken > 0 ? taken - 1 : null;
  }

  /** The slot of a digest, or the free one where it belongs. */
  #slotOf(words: ArrayLike<number>): number {
    const { length } = this.#slots;
    let slot = (words[0] ?? 0) % length;
    for (;;) {
      const taken = this.#slots[slot] ?? 0;
      if (taken === 0 || this.#holds(taken - 1, words)) return slot;
      slot = slot + 1 === length ? 0 : slot + 1;
    }
  }

  #holds(number: number, words: ArrayLike<number>): boolean {
    for (let index = 0; index < WORDS; index++) {
      if (this.#words[number * WORDS + index] !== words[index]) return false;
    }
    return true;
  }

  #grow(): void {
    const length = this.#slots.length * 2;
    const words = new Uint32Array(length * WORDS);
    words.set(this.#words);
    this.#words = words;
    this.#slots = new Uint32Array(length);
    for (let number = 0; number < this.#size; number++) {
      const slot = this.#slotOf(words.subarray(number * WORDS, (number + 1) * WORDS));
      this.#slots[slot] = number + 1;
    }
  }
}

function wordsOf(digest: Digest): readonly number[] {
  const hex = digestHex(digest);
  const words: number[] = [];
  for (let index = 0; index < WORDS; index++) {
    words.push(parseInt(hex.slice(index * HEX_PER_WORD, (index + 1) * HEX_PER_WORD), 16));
  }
  return words;
}
