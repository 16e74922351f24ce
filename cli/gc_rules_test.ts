import { assert, assertEquals, assertThrows } from "@std/assert";
import { repository } from "../storage/store_kit.ts";
import { UsageError } from "./errors.ts";
import { parseRule, parseRules } from "./gc_rules.ts";

const NOTHING_WRITTEN = { keepLast: null, keepTags: [], olderThan: null };

Deno.test("parseRule() reads counts, patterns and durations", () => {
  const rule = parseRule({ keepLast: "3", keepTags: ["^v", "main"], olderThan: "30d" }, "flags");
  assertEquals(rule, {
    keepLast: 3,
    keepTags: [/^v/, /main/],
    olderThanMs: 30 * 24 * 60 * 60 * 1_000,
  });
});

for (
  const [written, message] of [
    [{}, "say what goes with keep-last or older-than"],
    [{ keepTags: ["^v"] }, "keep-tags says only what stays"],
    [{ keepLast: "1.5" }, 'keep-last "1.5" is no whole number'],
    [{ keepLast: "9007199254740993" }, "is no whole number"],
    [{ keepLast: "1", keepTags: ["["] }, 'keep-tags "[" is no regular expression'],
    [{ olderThan: "long" }, 'older-than "long" is no duration'],
  ] as const
) {
  Deno.test(`parseRule() refuses ${JSON.stringify(written)}`, () => {
    assertThrows(
      () => parseRule({ ...NOTHING_WRITTEN, ...written }, "the flags"),
      UsageError,
      message,
    );
  });
}

Deno.test("parseRules() gives each repository the first rule that fits", () => {
  const rules = parseRules([
    { repositories: "team/*", keepLast: 1 },
    { repositories: "team/**", keepLast: 2, keepTags: ["^v"] },
    { repositories: "old", olderThan: "90s" },
  ], "rules.yml");
  const lastOf = (name: string): number | null | undefined => rules(repository(name))?.keepLast;
  assertEquals([lastOf("team/a"), lastOf("team/a/b"), lastOf("old")], [1, 2, null]);
  assertEquals(rules(repository("team-b")), null);
});

Deno.test("parseRules() takes a rule without a pattern for one of all repositories", () => {
  assert(parseRules([{ keepLast: 1 }], "rules.yml")(repository("any/name")) !== null);
});

for (
  const [document, message] of [
    [{}, 'Cannot read rules "rules.yml": expected a list of rules'],
    [["keepLast"], 'rule 1 of "rules.yml"'],
    [[{ keepLast: 1 }, { keepLst: 1 }], 'rule 2 of "rules.yml": unknown key "keepLst"'],
    [[{ repositories: "a" }], "say what goes"],
  ] as const
) {
  Deno.test(`parseRules() refuses ${JSON.stringify(document)}`, () => {
    assertThrows(() => parseRules(document, "rules.yml"), UsageError, message);
  });
}
