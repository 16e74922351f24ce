/**
 * Which tags are too old to keep. Pure: tags in, tags out.
 *
 * @module
 */

import type { TagEntry } from "../storage/tags.ts";

/** A rule for the tags of one repository. A tag goes only when every part that is set lets it go. */
export interface RetentionRule {
  /** So many of the newest tags stay; `null` for no number. */
  readonly keepLast: number | null;
  /** Tags that match one of these stay, and do not count among the newest. */
  readonly keepTags: readonly RegExp[];
  /** Tags that were given a manifest within this time stay; `null` for no age. */
  readonly olderThanMs: number | null;
}

/** A tag that a rule lets go, and why. */
export interface RetentionVerdict {
  readonly entry: TagEntry;
  readonly reason: string;
}

/** The tags that a rule lets go, at this time. Damaged tags stay: nobody knows how old they are. */
export function expiredTags(
  entries: readonly TagEntry[],
  rule: RetentionRule,
  nowMs: number,
): readonly RetentionVerdict[] {
  const { keepLast, keepTags, olderThanMs } = rule;
  // A rule that names only what to keep lets nothing go.
  if (keepLast === null && olderThanMs === null) return [];
  const candidates = entries
    .filter(({ digest, tag }) => digest !== null && !keepTags.some((pattern) => pattern.test(tag)))
    .toSorted((one, other) => other.modifiedMs - one.modifiedMs || (one.tag < other.tag ? 1 : -1));
  return candidates
    .slice(keepLast ?? 0)
    .filter(({ modifiedMs }) => olderThanMs === null || nowMs - modifiedMs > olderThanMs)
    .map((entry) => ({ entry, reason: reasonOf(rule) }));
}

function reasonOf({ keepLast, olderThanMs }: RetentionRule): string {
  const parts = [
    ...(keepLast === null ? [] : [`not among the newest ${keepLast}`]),
    ...(olderThanMs === null ? [] : ["older than the rule allows"]),
  ];
  return parts.join(" and ");
}
