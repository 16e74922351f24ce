import { assertEquals } from "@std/assert";
import { type Digest, digestBytes } from "../storage/digest.ts";
import { DigestNumbers } from "./digest_numbers.ts";
import { DigestTable } from "./digest_table.ts";

Deno.test("DigestNumbers counts digests in the order in which they come", () => {
  const numbers = new DigestNumbers();
  const digests = someDigests(5_000);
  assertEquals(digests.map((digest) => numbers.add(digest)), digests.map((_, index) => index));
  assertEquals(digests.map((digest) => numbers.find(digest)), digests.map((_, index) => index));
  assertEquals(digests.map((digest) => numbers.add(digest)), digests.map((_, index) => index));
  assertEquals(numbers.size, 5_000);
});

Deno.test("DigestNumbers.find() is null for a digest that has no number", () => {
  const numbers = new DigestNumbers();
  const [first, second] = someDigests(2);
  if (first === undefined || second === undefined) throw new TypeError("No digests");
  numbers.add(first);
  assertEquals(numbers.find(second), null);
});

Deno.test("DigestTable keeps its marks as it grows", () => {
  const table = new DigestTable();
  const digests = someDigests(5_000);
  for (const [index, digest] of digests.entries()) {
    assertEquals(index % 2 === 0 ? table.mark(digest) : table.add(digest), true);
  }
  assertEquals(digests.map((digest) => table.isMarked(digest)), digests.map((_, i) => i % 2 === 0));
  assertEquals([table.size, table.marked], [5_000, 2_500]);
});

function someDigests(count: number): readonly Digest[] {
  return Array.from(
    { length: count },
    (_, index) => digestBytes(new Uint8Array(new Uint32Array([index]).buffer), "sha256"),
  );
}
