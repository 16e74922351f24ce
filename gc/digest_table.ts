/**
 * A set of digests with a mark each, in tens of bytes per digest.
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

const EMPTY = 0;
const PRESENT = 1;
const MARKED = 2;

/**
 * Digests by their first 128 bits. Two that share those are taken for one, which keeps one of them too many; nobody can
 * make use of that but to keep garbage. Open addressing: the words of a digest are as good a hash as any.
 */
export class DigestTable {
  #slots = FIRST_SLOTS;
  #words = new Uint32Array(FIRST_SLOTS * WORDS);
  #states = new Uint8Array(FIRST_SLOTS);
  #size = 0;
  #marked = 0;

  /** How many digests are in it. */
  get size(): number {
    return this.#size;
  }

  /** How many of them are marked. */
  get marked(): number {
    return this.#marked;
  }

  /** Puts a digest in; `false` when it was there. */
  add(digest: Digest): boolean {
    if (this.#size >= this.#slots * LOAD_FACTOR) this.#grow();
    const words = wordsOf(digest);
    const slot = this.#find(words);
    if (this.#states[slot] !== EMPTY) return false;
    this.#words.set(words, slot * WORDS);
    this.#states[slot] = PRESENT;
    this.#size++;
    return true;
  }

  has(digest: Digest): boolean {
    return this.#states[this.#find(wordsOf(digest))] !== EMPTY;
  }

  /** Marks a digest, putting it in if need be; `false` when it was marked. */
  mark(digest: Digest): boolean {
    this.add(digest);
    const slot = this.#find(wordsOf(digest));
    if (this.#states[slot] === MARKED) return false;
    this.#states[slot] = MARKED;
    this.#marked++;
    return true;
  }

  isMarked(digest: Digest): boolean {
    return this.#states[this.#find(wordsOf(digest))] === MARKED;
  }

  /** The slot of a digest, or the free one where it belongs. */
  #find(words: readonly number[]): number {
    let slot = (words[0] ?? 0) % this.#slots;
    while (this.#states[slot] !== EMPTY && !this.#holds(slot, words)) {
      slot = slot + 1 === this.#slots ? 0 : slot + 1;
    }
    return slot;
  }

  #holds(slot: number, words: readonly number[]): boolean {
    for (let index = 0; index < WORDS; index++) {
      if (this.#words[slot * WORDS + index] !== words[index]) return false;
    }
    return true;
  }

  #grow(): void {
    const [oldWords, oldStates] = [this.#words, this.#states];
    this.#slots *= 2;
    this.#words = new Uint32Array(this.#slots * WORDS);
    this.#states = new Uint8Array(this.#slots);
    for (const [oldSlot, state] of oldStates.entries()) {
      if (state === EMPTY) continue;
      const words = [...oldWords.subarray(oldSlot * WORDS, (oldSlot + 1) * WORDS)];
      const slot = this.#find(words);
      this.#words.set(words, slot * WORDS);
      this.#states[slot] = state;
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
