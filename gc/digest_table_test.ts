import { assert, assertEquals } from "@std/assert";
import { digestOf } from "../storage/store_kit.ts";
import { DigestTable } from "./digest_table.ts";

Deno.test("add() puts a digest in once", () => {
  const table = new DigestTable();
  assertEquals([table.add(digestOf("a")), table.add(digestOf("a"))], [true, false]);
  assertEquals([table.has(digestOf("a")), table.has(digestOf("b"))], [true, false]);
  assertEquals([table.size, table.marked], [1, 0]);
});

Deno.test("mark() marks a digest once, and puts it in if need be", () => {
  const table = new DigestTable();
  table.add(digestOf("a"));
  assertEquals([table.mark(digestOf("a")), table.mark(digestOf("a"))], [true, false]);
  assert(table.mark(digestOf("b")));
  assertEquals(table.add(digestOf("b")), false);
  assert(table.isMarked(digestOf("b")));
  assertEquals([table.size, table.marked], [2, 2]);
});

Deno.test("a table tells digests of different algorithms apart", () => {
  const table = new DigestTable();
  table.mark(digestOf("a", "sha512"));
  assertEquals(table.isMarked(digestOf("a")), false);
});

Deno.test("a table forgets nothing as it grows", () => {
  const table = new DigestTable();
  const digests = Array.from({ length: 20_000 }, (_, index) => digestOf(String(index)));
  for (const [index, digest] of digests.entries()) {
    if (index % 3 === 0) table.mark(digest);
    else table.add(digest);
  }
  assertEquals(table.size, digests.length);
  assertEquals(table.marked, Math.ceil(digests.length / 3));
  assert(digests.every((digest) => table.has(digest)));
  assert(digests.every((digest, index) => table.isMarked(digest) === (index % 3 === 0)));
  assertEquals(table.has(digestOf("another")), false);
});
