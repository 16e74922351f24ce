/**
 * The content that the driver contract writes, and how it is read back and compared.
 *
 * @module
 */

import { assert, fail } from "@std/assert";
import { concatenate } from "../concatenate.ts";

const KIB = 1024;
export const MIB = 1024 * KIB;

const encoder = new TextEncoder();

/** The UTF-8 bytes of a text. */
export function textBytes(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/** Bytes that look random and are the same for the same length and seed (xorshift, 32 bits). */
export function patternBytes(length: number, seed: number): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(Math.ceil(length / Uint32Array.BYTES_PER_ELEMENT));
  let state = (seed + 1) * 0x9e3779b1;
  for (let index = 0; index < words.length; index++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[index] = state;
  }
  return new Uint8Array(words.buffer, 0, length);
}

/** Reads a stream to its end. */
export async function drain(
  stream: ReadableStream<Uint8Array<ArrayBuffer>> | null,
): Promise<Uint8Array<ArrayBuffer>> {
  assert(stream !== null, "there must be a stream to read");
  return concatenate(await Array.fromAsync(stream));
}

/** Tells whether two contents are the same. */
export function isSame(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && firstDifference(left, right) === null;
}

/** Fails at the first byte that differs; `assertEquals` would print megabytes. */
export function assertSameBytes(actual: Uint8Array | null, expected: Uint8Array): void {
  if (actual === null) fail(`found no file where one of ${expected.length} bytes should be`);
  const offset = firstDifference(actual, expected);
  if (offset !== null) fail(`byte ${offset} is ${actual[offset]}, should be ${expected[offset]}`);
  if (actual.length !== expected.length) {
    fail(`found ${actual.length} bytes, should be ${expected.length}`);
  }
}

/** Offset of the first byte that differs in what both have; `null` when none does. */
function firstDifference(left: Uint8Array, right: Uint8Array): number | null {
  const length = Math.min(left.length, right.length);
  for (let offset = 0; offset < length; offset++) {
    if (left[offset] !== right[offset]) return offset;
  }
  return null;
}
