import { assertEquals } from "@std/assert";
import type { Digest } from "../storage/digest.ts";
import { digestOf } from "../storage/store_kit.ts";
import { generations } from "./generations.ts";

/** Says, of manifests that are named by letters, in which generations they go. */
function order(
  names: string,
  children: Readonly<Record<string, string>>,
  subjects: Readonly<Record<string, string>> = {},
): readonly string[] {
  const letters = new Map([..."abcdefgh"].map((letter) => [digestOf(letter), letter]));
  const letterOf = (digest: Digest): string => letters.get(digest) ?? "";
  const relations = {
    childrenOf: (digest: Digest): readonly Digest[] =>
      [...children[letterOf(digest)] ?? ""].map((letter) => digestOf(letter)),
    subjectOf: (digest: Digest): Digest | null => {
      const subject = subjects[letterOf(digest)];
      return subject === undefined ? null : digestOf(subject);
    },
  };
  const digests = [...names].map((letter) => digestOf(letter));
  return [...generations(digests, relations)].map((generation) =>
    generation.map(letterOf).sort().join("")
  );
}

Deno.test("generations() gives manifests that have nothing to do with each other at once", () => {
  assertEquals(order("abc", {}), ["abc"]);
  assertEquals(order("", {}), []);
});

Deno.test("generations() gives an index before its children, however deep", () => {
  assertEquals(order("abcd", { d: "cb", c: "b", b: "a" }), ["d", "c", "b", "a"]);
});

Deno.test("generations() gives a child after all who list it, each but once", () => {
  assertEquals(order("abc", { c: "aab", b: "a" }), ["c", "b", "a"]);
});

Deno.test("generations() gives a subject before what refers to it", () => {
  assertEquals(order("abc", {}, { b: "a", c: "b" }), ["a", "b", "c"]);
});

Deno.test("generations() passes over relations to manifests that stay", () => {
  assertEquals(order("ab", { a: "x", b: "h" }, { a: "g" }), ["ab"]);
});

Deno.test("generations() gives an index before its own subject if it lists that", () => {
  assertEquals(order("abc", { b: "a" }, { b: "a", c: "a" }), ["b", "a", "c"]);
});
