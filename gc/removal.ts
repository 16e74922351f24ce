/**
 * What collection may remove, and what it has to say.
 *
 * @module
 */

import type { Digest } from "../storage/digest.ts";
import type { RepositoryName, Tag, UploadId } from "../storage/names.ts";

/** The kinds of things that are removed, in the order in which they go. */
export const REMOVAL_KINDS = ["tag", "manifest", "layer", "upload", "repository", "blob"] as const;

export type RemovalKind = (typeof REMOVAL_KINDS)[number];

interface RemovalBase {
  /** Why nothing needs it, in words that finish the sentence "removed because it is ...". */
  readonly reason: string;
  /** Bytes that the store gets back. Links count as nothing. */
  readonly bytes: number;
}

/** One thing that can go. Before it goes it is looked at again: it stays if it was touched meanwhile. */
export type Removal =
  & RemovalBase
  & (
    | {
      readonly kind: "tag";
      readonly name: RepositoryName;
      readonly tag: Tag;
      readonly digest: Digest;
    }
    | {
      readonly kind: "manifest";
      readonly name: RepositoryName;
      readonly digest: Digest;
      /** What it refers to; as long as that is needed, it stays too. */
      readonly subject: Digest | null;
      /** The tags in whose history it stands. */
      readonly tags: readonly Tag[];
    }
    | { readonly kind: "layer"; readonly name: RepositoryName; readonly digest: Digest }
    | { readonly kind: "upload"; readonly name: RepositoryName; readonly id: UploadId }
    | { readonly kind: "repository"; readonly name: RepositoryName }
    | { readonly kind: "blob"; readonly digest: Digest }
  );

/** Something in the store that is not as it should be. It is kept, and collection goes on. */
export interface Problem {
  /** Where: a repository and a tag or digest, or a digest. */
  readonly what: string;
  /** What is wrong with it. */
  readonly problem: string;
}

/** Why something is kept. */
export type KeepReason =
  | { readonly kind: "tagged"; readonly tag: Tag }
  | { readonly kind: "untagged" }
  | { readonly kind: "young" }
  | { readonly kind: "history"; readonly tag: Tag }
  | { readonly kind: "out of scope" }
  | { readonly kind: "unreadable neighbour" }
  | { readonly kind: "child" | "referrer" | "config" | "layer" | "named"; readonly of: Digest };

/** Told of every step of a collection, as it happens. */
export interface CollectObserver {
  repository?(name: RepositoryName): void;
  /** A manifest or blob of a repository is kept. */
  kept?(name: RepositoryName, digest: Digest, what: "manifest" | "blob", reason: KeepReason): void;
  problem?(problem: Problem): void;
  phase?(phase: "list" | "mark" | "sweep", done: number): void;
}
