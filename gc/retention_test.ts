import { assertEquals } from "@std/assert";
import { digestOf, tagOf } from "../storage/store_kit.ts";
import type { TagEntry } from "../storage/tags.ts";
import { expiredTags, type RetentionRule } from "./retention.ts";

const NOW_MS = 1_000_000;

function entry(tag: string, ageMs: number): TagEntry {
  return { tag: tagOf(tag), digest: digestOf(tag), modifiedMs: NOW_MS - ageMs };
}

const NO_RULE: RetentionRule = { keepLast: null, keepTags: [], olderThanMs: null };

/** From the newest to the oldest. */
const ENTRIES = [entry("new", 10), entry("v2", 20), entry("old", 30), entry("v1", 40)];

interface RetentionCase {
  readonly name: string;
  readonly rule: Partial<RetentionRule>;
  readonly entries?: readonly TagEntry[];
  readonly goes: readonly string[];
}

const CASES: readonly RetentionCase[] = [
  { name: "lets nothing go by an empty rule", rule: {}, goes: [] },
  { name: "lets nothing go by tags to keep alone", rule: { keepTags: [/^v/] }, goes: [] },
  { name: "keeps so many of the newest", rule: { keepLast: 3 }, goes: ["v1"] },
  {
    name: "keeps none of the newest by 0",
    rule: { keepLast: 0 },
    goes: ["new", "old", "v1", "v2"],
  },
  { name: "keeps all when there are fewer", rule: { keepLast: 9 }, goes: [] },
  { name: "lets go what is older", rule: { olderThanMs: 25 }, goes: ["old", "v1"] },
  { name: "keeps what is just as old", rule: { olderThanMs: 30 }, goes: ["v1"] },
  {
    name: "does not count tags to keep among the newest",
    rule: { keepLast: 1, keepTags: [/^v/] },
    goes: ["old"],
  },
  {
    name: "keeps what any pattern matches",
    rule: { keepLast: 0, keepTags: [/1$/, /^new$/] },
    goes: ["old", "v2"],
  },
  {
    name: "lets go only what every part lets go",
    rule: { keepLast: 1, olderThanMs: 35 },
    goes: ["v1"],
  },
  {
    name: "keeps tags whose link is damaged, and does not count them",
    rule: { keepLast: 1 },
    entries: [{ tag: tagOf("bad"), digest: null, modifiedMs: NOW_MS }, ...ENTRIES.slice(0, 2)],
    goes: ["v2"],
  },
  {
    name: "keeps the last by name of tags that are just as old",
    rule: { keepLast: 1 },
    entries: [entry("b", 5), entry("c", 5), entry("a", 5)],
    goes: ["a", "b"],
  },
];

for (const { name, rule, entries = ENTRIES, goes } of CASES) {
  Deno.test(`expiredTags() ${name}`, () => {
    const verdicts = expiredTags(entries, { ...NO_RULE, ...rule }, NOW_MS);
    assertEquals(verdicts.map((verdict): string => verdict.entry.tag).sort(), goes);
  });
}

Deno.test("expiredTags() says by which part of the rule a tag goes", () => {
  const reasonOf = (rule: Partial<RetentionRule>): string | undefined =>
    expiredTags(ENTRIES, { ...NO_RULE, ...rule }, NOW_MS)[0]?.reason;
  assertEquals(reasonOf({ keepLast: 2 }), "not among the newest 2");
  assertEquals(reasonOf({ olderThanMs: 1 }), "older than the rule allows");
  assertEquals(
    reasonOf({ keepLast: 2, olderThanMs: 1 }),
    "not among the newest 2 and older than the rule allows",
  );
});
