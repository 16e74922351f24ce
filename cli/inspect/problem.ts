/**
 * What can be wrong with a store, in one table, and what to do about it.
 *
 * @module
 */

import type { Digest } from "../../storage/digest.ts";
import type { StoragePath } from "../../storage/driver.ts";
import type { RepositoryName, Tag } from "../../storage/names.ts";

/** Every kind of problem, with what helps against it. The names are stable: scripts read them. */
export const PROBLEMS = {
  "damaged-link": "push again what it named; --repair restores the link where the bytes are there",
  "dangling-link": "push again what it names, or let --repair remove the link",
  "damaged-tag": "push the tag again; --repair restores it from a history of one manifest",
  "dangling-tag": "push the tag again, or let --repair remove it",
  "missing-content": "push the image again",
  "unreadable-manifest": "push the manifest again; --verify --repair moves damaged bytes aside",
  "size-mismatch": "read the blob with --verify; push the image again",
  "lost-blob": "push the blob again, or let berth gc remove the directory",
  "orphan-blob": "berth gc removes it once it is old enough",
  "abandoned-upload": "berth gc removes it",
  "stale-referrer": "--repair removes the entry",
  "missing-referrer": "--repair adds the entry",
  "staging-leftover": "berth gc removes it",
  "foreign": "no registry reads it: move it out of the store",
  "corrupt-blob": "--verify --repair moves it aside; push it again then",
  "unreadable": "run as the owner of the store",
} as const satisfies Record<string, string>;

export type ProblemKind = keyof typeof PROBLEMS;

/** A link is restored where the bytes that its path names are there, and removed where they are not. */
export type LinkRepairKind =
  | "restore layer link"
  | "remove layer link"
  | "restore manifest link"
  | "remove manifest link";

/** What a repair would do. Each is looked at again before it is done. */
export type Repair =
  | { readonly kind: LinkRepairKind; readonly name: RepositoryName; readonly digest: Digest }
  | { readonly kind: "remove tag"; readonly name: RepositoryName; readonly tag: Tag }
  | {
    readonly kind: "restore tag";
    readonly name: RepositoryName;
    readonly tag: Tag;
    readonly digest: Digest;
  }
  | {
    readonly kind: "remove referrer" | "add referrer";
    readonly name: RepositoryName;
    readonly subject: Digest;
    readonly manifest: Digest;
  }
  | {
    readonly kind: "quarantine";
    readonly digest: Digest;
    /** As it was when its bytes were read: another time or size means that somebody pushed it again. */
    readonly size: number;
    readonly modifiedMs: number;
  };

/** Something in a store that is not as it should be. */
export interface Problem {
  readonly kind: ProblemKind;
  readonly path: StoragePath;
  /** What exactly is wrong. */
  readonly detail: string;
  /** `null` for what only a push, a collection or a person can mend. */
  readonly repair: Repair | null;
}

/** Takes problems as they are found. */
export type OnProblem = (problem: Problem) => void;
