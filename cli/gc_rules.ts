/**
 * Retention rules, from flags or from a file.
 *
 * @module
 */

import type { RetentionRule } from "../gc/retention.ts";
import { globPattern } from "../storage/glob.ts";
import type { RepositoryName } from "../storage/names.ts";
import { UsageError } from "./errors.ts";
import { parseDuration } from "./duration.ts";

/** Rules by repository: the first whose pattern fits counts. */
export type RetentionRules = (name: RepositoryName) => RetentionRule | null;

interface RuleRow {
  readonly pattern: RegExp;
  readonly rule: RetentionRule;
}

const RULE_KEYS = ["repositories", "keepLast", "keepTags", "olderThan"] as const;

/** What was written of one rule, before it is known to be right. */
export interface WrittenRule {
  readonly keepLast: string | null;
  readonly keepTags: readonly string[];
  readonly olderThan: string | null;
}

/** Makes a rule of what was written. `from` names the flags or the file. Throws a `UsageError`. */
export function parseRule(
  { keepLast, keepTags, olderThan }: WrittenRule,
  from: string,
): RetentionRule {
  if (keepLast === null && olderThan === null) {
    throw new UsageError(
      `Cannot use ${from}: keep-tags says only what stays; say what goes with keep-last or older-than`,
    );
  }
  return {
    keepLast: keepLast === null ? null : requireCount(keepLast, from),
    keepTags: keepTags.map((text) => requirePattern(text, from)),
    olderThanMs: olderThan === null ? null : requireDuration(olderThan, from),
  };
}

/**
 * Reads rules: a list of `{repositories: GLOB, keepLast: N, keepTags: [REGEX], olderThan: 30d}`, from the file of this
 * name. Throws a `UsageError` that names the rule and the key.
 */
export function parseRules(document: unknown, file: string): RetentionRules {
  if (!Array.isArray(document)) {
    throw new UsageError(`Cannot read rules "${file}": expected a list of rules`);
  }
  const rows = document.map((value, index) => parseRow(value, `rule ${index + 1} of "${file}"`));
  return (name) => rows.find(({ pattern }) => pattern.test(name))?.rule ?? null;
}

function parseRow(value: unknown, from: string): RuleRow {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new UsageError(`Cannot use ${from}: expected keys ${RULE_KEYS.join(", ")}`);
  }
  const row: Readonly<Record<string, unknown>> = { ...value };
  const unknown = Object.keys(row).find((key) => !RULE_KEYS.some((known) => known === key));
  if (unknown !== undefined) {
    throw new UsageError(
      `Cannot use ${from}: unknown key "${unknown}"; keys are ${RULE_KEYS.join(", ")}`,
    );
  }
  const tags = row.keepTags ?? [];
  return {
    pattern: globPattern(textOf(row.repositories) ?? "**"),
    rule: parseRule({
      keepLast: textOf(row.keepLast),
      keepTags: (Array.isArray(tags) ? tags : [tags]).map(String),
      olderThan: textOf(row.olderThan),
    }, from),
  };
}

function textOf(value: unknown): string | null {
  return value === undefined || value === null ? null : String(value);
}

function requireCount(text: string, from: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(count)) return count;
  throw new UsageError(`Cannot use ${from}: keep-last "${text}" is no whole number`);
}

function requireDuration(text: string, from: string): number {
  const duration = parseDuration(text);
  if (duration !== null) return duration;
  throw new UsageError(`Cannot use ${from}: older-than "${text}" is no duration such as 30d`);
}

function requirePattern(text: string, from: string): RegExp {
  try {
    return new RegExp(text);
  } catch {
    throw new UsageError(`Cannot use ${from}: keep-tags "${text}" is no regular expression`);
  }
}
