import { assertEquals } from "@std/assert";
import { type Digest, digestBytes } from "../../storage/digest.ts";
import { BlobTable } from "./blob_table.ts";

Deno.test("BlobTable sums up bytes by who holds them", () => {
  const table = new BlobTable();
  const [one, several, nobody] = [digestOf(1), digestOf(2), digestOf(3)];
  table.add(one, 10);
  table.add(several, 100);
  table.add(nobody, 1_000);
  assertEquals([table.hold(one, 0), table.hold(one, 0)], [10, 10]);
  assertEquals([table.hold(several, 0), table.hold(several, 1)], [100, 100]);
  assertEquals([table.size, table.bytes], [3, 1_110]);
  assertEquals(table.sums(2), {
    unique: new Float64Array([10, 0]),
    shared: 100,
    orphan: 1_000,
  });
  assertEquals([one, several, nobody].map((digest) => table.isOrphan(digest)), [
    false,
    false,
    true,
  ]);
});

Deno.test("BlobTable says nothing of a blob that came later", () => {
  const table = new BlobTable();
  assertEquals([table.sizeOf(digestOf(1)), table.hold(digestOf(1), 0)], [null, 0]);
  assertEquals(table.isOrphan(digestOf(1)), false);
});

Deno.test("BlobTable keeps what it knows as it grows", () => {
  const table = new BlobTable();
  const digests = Array.from({ length: 3_000 }, (_, index) => digestOf(index));
  for (const [size, digest] of digests.entries()) table.add(digest, size);
  assertEquals(digests.map((digest) => table.sizeOf(digest)), digests.map((_, index) => index));
});

function digestOf(number: number): Digest {
  return digestBytes(new TextEncoder().encode(String(number)), "sha256");
}
