/**
 * What was meant, where a name is not known.
 *
 * @module
 */

/** Most edits for which a name still counts as a misspelling. */
const EDITS_MAX = 3;

/** The name that takes the fewest edits from what was written; `null` when none is near. */
export function nearest(written: string, names: readonly string[]): string | null {
  let best: string | null = null;
  let bestEdits = Math.min(EDITS_MAX, Math.ceil(written.length / 2)) + 1;
  for (const name of names) {
    const edits = editsBetween(written, name);
    if (edits < bestEdits) [best, bestEdits] = [name, edits];
  }
  return best;
}

/** Insertions, deletions and replacements that lead from one text to another (Levenshtein). */
function editsBetween(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
