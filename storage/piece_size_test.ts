import { assertEquals } from "@std/assert";
import {
  CHUNKS_ALIKE_MIN,
  PIECE_READ_BYTES,
  PIECE_READ_BYTES_MIN,
  PIECE_READ_CHUNKED_BYTES_MAX,
} from "./limits.ts";
import { PieceSize } from "./piece_size.ts";

const KIB = 1024;
/** The length of a chunk and the ends of lines around it. */
const FRAMING_BYTES = 8;
const CHUNKS = 2 + CHUNKS_ALIKE_MIN;

/** Takes a chunk whose length comes with its first bytes, or, if that is hidden, by itself. */
function takeChunk(size: PieceSize, chunkBytes: number, isHidden = false): void {
  let left = chunkBytes;
  for (let framing = isHidden ? 0 : FRAMING_BYTES; left > 0; framing = 0) {
    const count = Math.min(left, size.bytes - framing);
    size.took(count);
    left -= count;
  }
}

Deno.test("PieceSize asks for as much as a body has, within bounds", () => {
  assertEquals(new PieceSize(1).bytes, PIECE_READ_BYTES_MIN);
  assertEquals(new PieceSize(50 * KIB).bytes, 50 * KIB);
  assertEquals(new PieceSize(2 ** 40).bytes, PIECE_READ_BYTES);
});

for (
  const [chunkBytes, asked] of [
    [8 * KIB, PIECE_READ_BYTES_MIN],
    [32 * KIB, 16 * KIB],
    [64 * KIB - 12, 32 * KIB],
    [1024 * KIB, PIECE_READ_CHUNKED_BYTES_MAX],
  ] as const
) {
  Deno.test(`PieceSize asks for ${asked} bytes once it has seen chunks of ${chunkBytes}`, () => {
    const size = new PieceSize(null);
    takeChunk(size, chunkBytes);
    assertEquals(size.bytes, PIECE_READ_BYTES_MIN);
    for (let count = 0; count < CHUNKS; count++) takeChunk(size, chunkBytes);
    assertEquals(size.bytes, asked);
  });
}

Deno.test("PieceSize asks for little where no ends of chunks are seen", () => {
  const size = new PieceSize(null);
  for (let count = 0; count < CHUNKS; count++) takeChunk(size, 32 * KIB, true);
  assertEquals(size.bytes, PIECE_READ_BYTES_MIN);
});

Deno.test("PieceSize is not misled by ends of chunks that are hidden", () => {
  const size = new PieceSize(null);
  for (let count = 0; count < CHUNKS; count++) {
    for (const isHidden of [false, false, true, true]) takeChunk(size, 32 * KIB, isHidden);
  }
  assertEquals(size.bytes, 16 * KIB);
});

Deno.test("PieceSize asks for little where the network is slow", () => {
  const size = new PieceSize(null);
  for (let count = 0; count < 1_000; count++) size.took(1_400);
  assertEquals(size.bytes, PIECE_READ_BYTES_MIN);
});

Deno.test("PieceSize does not judge a body of known length", () => {
  const size = new PieceSize(2 ** 40);
  for (let count = 0; count < CHUNKS; count++) takeChunk(size, 32 * KIB);
  assertEquals(size.bytes, PIECE_READ_BYTES);
});
