/**
 * Finds out what a repository keeps: its tagged manifests, and all that they need.
 *
 * @module
 */

import {
  CANONICAL_ALGORITHM,
  type Digest,
  digestAlgorithm,
  digestBytes,
} from "../storage/digest.ts";
import { MANIFEST_BYTES_MAX } from "../storage/limits.ts";
import type { Revision } from "../storage/manifests.ts";
import type { RepositoryName, Tag } from "../storage/names.ts";
import type { Store } from "../storage/store.ts";
import type { TagEntry } from "../storage/tags.ts";
import { DigestTable } from "./digest_table.ts";
import { edgesOf, type ManifestEdges } from "./graph.ts";
import type { CollectObserver, KeepReason } from "./removal.ts";

/** What decides whether a manifest stays. */
export interface MarkOptions {
  /** Whether a manifest that no tag leads to can go. */
  readonly deleteUntagged: boolean;
  /** Whether anything of this repository can go; its manifests are marked either way. */
  readonly isInScope: boolean;
  /** What was touched since this time stays. */
  readonly youngSinceMs: number;
  readonly alone: Alone;
}

/** Looks at something while no commit and no removal is half done. A dry run, which locks nothing, just looks. */
export type Alone = <T>(look: () => Promise<T>) => Promise<T>;

/** One repository, while it is looked at. */
export class RepositoryMarks {
  readonly name: RepositoryName;
  /** By digest, every revision that was there when the repository was read. */
  readonly revisions = new Map<Digest, Revision>();
  /** The digests whose links the manifests that stay need. */
  readonly layers = new DigestTable();
  /** Whether a manifest could not be understood, so that no layer of the repository can go. */
  isUncertain = false;

  readonly #store: Store;
  readonly #blobs: DigestTable;
  readonly #observer: CollectObserver;
  readonly #kept = new Set<Digest>();
  /** Manifests that are needed once their subject is. */
  readonly #waiting = new Map<Digest, Digest[]>();
  readonly #subjects = new Map<Digest, Digest>();
  readonly #children = new Map<Digest, readonly Digest[]>();

  /** `blobs` is shared by all repositories: what one of them needs stays. */
  constructor(
    store: Store,
    name: RepositoryName,
    blobs: DigestTable,
    observer: CollectObserver,
  ) {
    this.#store = store;
    this.name = name;
    this.#blobs = blobs;
    this.#observer = observer;
  }

  /** Whether any manifest stays. */
  get hasKept(): boolean {
    return this.#kept.size > 0;
  }

  isKept(digest: Digest): boolean {
    return this.#kept.has(digest);
  }

  /** The subject of a manifest that was read; `null` when it has none. */
  subjectOf(digest: Digest): Digest | null {
    return this.#subjects.get(digest) ?? null;
  }

  /** The revisions that a manifest needs which was read, and is no root. */
  childrenOf(digest: Digest): readonly Digest[] {
    return this.#children.get(digest) ?? [];
  }

  /** Reads the repository and marks everything that stays, given the tags that stay. */
  async markAll(tags: readonly TagEntry[], options: MarkOptions): Promise<void> {
    await this.#readRevisions(options.alone);
    for (const { tag, digest } of tags) await this.#keepTag(tag, digest, options.alone);
    for (const { digest, modifiedMs } of this.revisions.values()) {
      const reason = reasonWithoutTag(modifiedMs, options);
      if (reason !== null) await this.keep(digest, reason);
      else await this.#wait(digest);
    }
    if (this.isUncertain || !options.isInScope) await this.#keepLayers(options);
  }

  /** Marks a manifest with all that it needs, and all that refer to it. */
  async keep(root: Digest, reason: KeepReason): Promise<void> {
    const pending: [Digest, KeepReason][] = [[root, reason]];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const [digest, why] = next;
      if (this.#kept.has(digest)) continue;
      this.#kept.add(digest);
      for (const [needed, because] of await this.#visit(digest, why)) {
        pending.push([needed, because]);
      }
    }
  }

  /** Marks one manifest and its blobs; returns the manifests that stay because of it. */
  async #visit(digest: Digest, reason: KeepReason): Promise<readonly [Digest, KeepReason][]> {
    const referrers = this.#waiting.get(digest) ?? [];
    this.#waiting.delete(digest);
    const needed = referrers.map((referrer): [Digest, KeepReason] => [
      referrer,
      { kind: "referrer", of: digest },
    ]);
    this.#blobs.mark(digest);
    this.#blobs.mark(this.revisions.get(digest)?.target ?? digest);
    this.#observer.kept?.(this.name, digest, "manifest", reason);
    const edges = await this.#isAbsentChild(digest, reason) ? null : await this.#read(digest);
    if (edges === null) return needed;
    if (edges.config !== null) await this.#keepBlob(edges.config, { kind: "config", of: digest });
    for (const layer of edges.layers) await this.#keepBlob(layer, { kind: "layer", of: digest });
    for (const child of edges.children) needed.push([child, { kind: "child", of: digest }]);
    for (const named of edges.named) {
      await this.#keepBlob(named, { kind: "named", of: digest });
      if (this.revisions.has(named)) needed.push([named, { kind: "named", of: digest }]);
    }
    return needed;
  }

  /**
   * Whether an index lists a manifest that was deleted since, or was never pushed. Nobody can pull it here, so it needs
   * nothing; its bytes stay as long as the index does.
   */
  async #isAbsentChild(digest: Digest, { kind }: KeepReason): Promise<boolean> {
    if (kind !== "child" || this.revisions.has(digest)) return false;
    return await this.#store.manifests.statRevision(this.name, digest) === null;
  }

  /** Marks a blob, under the name that the manifest gives it and under the one it has in the store. */
  async #keepBlob(digest: Digest, reason: KeepReason): Promise<void> {
    if (!this.layers.add(digest)) return;
    const isKnown = this.#blobs.has(digest);
    this.#blobs.mark(digest);
    this.#observer.kept?.(this.name, digest, "blob", reason);
    // Distribution files the content of every other algorithm under sha256, and leaves an alias in the repository,
    // which is followed there even if another repository keeps the same content under its own algorithm.
    if (isKnown && digestAlgorithm(digest) === CANONICAL_ALGORITHM) return;
    // Content that is neither here nor there may have come since the blobs were listed.
    const link = await this.#store.blobs.statLink(this.name, digest);
    const target = link?.target ?? null;
    if (target !== null && target !== digest) {
      this.layers.add(target);
      this.#blobs.mark(target);
    }
    if (await this.#store.blobs.statContent(target ?? digest) === null && "of" in reason) {
      this.#report(`manifest ${reason.of}`, `its ${reason.kind} ${digest} is missing`);
    }
  }

  /** Reads a manifest; `null` when it is not there or cannot be understood, which is reported. */
  async #read(digest: Digest): Promise<ManifestEdges | null> {
    // Bytes are found without their link, unless distribution filed them under another digest.
    const target = this.revisions.get(digest)?.target ?? digest;
    const blob = await this.#store.blobs.statContent(target);
    if (blob === null) {
      this.#report(`manifest ${digest}`, "its bytes are missing");
      return null;
    }
    const bytes = blob.size > MANIFEST_BYTES_MAX ? null : await this.#store.blobs.readOnce(blob);
    const isWhole = bytes !== null && digestBytes(bytes, digestAlgorithm(target)) === target;
    const edges = isWhole ? edgesOf(bytes) : null;
    if (edges === null) {
      this.#report(
        `manifest ${digest}`,
        "it cannot be read; all layers of the repository are kept",
      );
      this.isUncertain = true;
    }
    return edges;
  }

  async #readRevisions(alone: Alone): Promise<void> {
    const { manifests } = this.#store;
    for await (const seen of manifests.revisions(this.name)) {
      const revision = seen.target !== null
        ? seen
        : await alone(() => manifests.statRevision(this.name, seen.digest));
      if (revision === null) continue;
      this.revisions.set(revision.digest, revision);
      if (revision.target === null) {
        this.#report(`manifest ${revision.digest}`, "its link is empty or damaged");
      }
    }
  }

  /** Keeps what a tag names, given what its link held a moment ago. */
  async #keepTag(tag: Tag, seen: Digest | null, alone: Alone): Promise<void> {
    const { manifests, tags } = this.#store;
    if (seen !== null && this.revisions.has(seen)) {
      return await this.keep(seen, { kind: "tagged", tag });
    }
    // The manifest may have come since the others were listed, and the tag may have been about to come, move or go.
    const { digest, revision, isThere } = await alone(async () => {
      const digest = await tags.named(this.name, tag);
      const revision = digest === null ? null : await manifests.statRevision(this.name, digest);
      return { digest, revision, isThere: await tags.isThere(this.name, tag) };
    });
    if (digest === null) return isThere ? await this.#keepHistory(tag) : undefined;
    if (revision === null) {
      this.#report(`tag ${tag}`, `the manifest ${digest} that it names is not in the repository`);
    } else {
      this.revisions.set(digest, revision);
    }
    await this.keep(digest, { kind: "tagged", tag });
  }

  /** A tag whose link is damaged may have named any manifest of its history. */
  async #keepHistory(tag: Tag): Promise<void> {
    this.#report(`tag ${tag}`, "its link is missing, empty or damaged; its history is kept");
    for await (const digest of this.#store.tags.history(this.name, tag)) {
      if (this.revisions.has(digest)) await this.keep(digest, { kind: "history", tag });
    }
  }

  /** Remembers what an untagged manifest refers to, and keeps it if that is kept. */
  async #wait(digest: Digest): Promise<void> {
    if (this.#kept.has(digest)) return;
    const edges = await this.#read(digest);
    // What cannot be read may be mended by the next push, and stays until then.
    if (edges === null) return this.#keepUnread(digest);
    const { subject } = edges;
    const children = [...edges.children, ...edges.named].filter((child) =>
      this.revisions.has(child)
    );
    if (children.length > 0) this.#children.set(digest, children);
    if (subject === null) return;
    this.#subjects.set(digest, subject);
    if (this.#kept.has(subject)) return await this.keep(digest, { kind: "referrer", of: subject });
    this.#waiting.set(subject, [...this.#waiting.get(subject) ?? [], digest]);
  }

  #keepUnread(digest: Digest): void {
    this.#kept.add(digest);
    this.#blobs.mark(digest);
    this.#blobs.mark(this.revisions.get(digest)?.target ?? digest);
  }

  async #keepLayers({ isInScope }: MarkOptions): Promise<void> {
    const reason: KeepReason = isInScope
      ? { kind: "unreadable neighbour" }
      : { kind: "out of scope" };
    for await (const digest of this.#store.blobs.links(this.name)) {
      await this.#keepBlob(digest, reason);
    }
  }

  #report(what: string, problem: string): void {
    this.#observer.problem?.({ what: `${this.name}: ${what}`, problem });
  }
}

/** Why a manifest stays that no tag leads to; `null` when it does not stay by itself. */
function reasonWithoutTag(modifiedMs: number, options: MarkOptions): KeepReason | null {
  if (!options.isInScope) return { kind: "out of scope" };
  if (!options.deleteUntagged) return { kind: "untagged" };
  return modifiedMs >= options.youngSinceMs ? { kind: "young" } : null;
}
