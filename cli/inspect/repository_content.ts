/**
 * Reads all manifests of one repository, and how they hang together.
 *
 * @module
 */

import { isJsonObject } from "../../storage/descriptor.ts";
import type { Digest } from "../../storage/digest.ts";
import type { ManifestContent } from "../../storage/manifest.ts";
import type { RepositoryName, Tag } from "../../storage/names.ts";
import type { Store } from "../../storage/store.ts";
import { readConfig, readDocument } from "./document.ts";

/** A manifest of a repository. */
export interface ManifestNode {
  readonly digest: Digest;
  /** `null` when it cannot be read. */
  readonly content: ManifestContent | null;
  readonly tags: readonly Tag[];
  /** Bytes of the manifest itself; 0 when it cannot be read. */
  readonly size: number;
  /** When it was last pushed or referred to, in milliseconds since 1970. */
  readonly modifiedMs: number;
  /** As its config says, `linux/amd64`; `""` when it has none that says. */
  readonly platform: string;
  /** When it was built, as its config says; `null` when that does not say. */
  readonly created: string | null;
  /** The manifests here that have it as their subject. */
  readonly referrers: Digest[];
}

/** The manifests of a repository, by digest. */
export type ManifestNodes = ReadonlyMap<Digest, ManifestNode>;

/** Reads the manifests of a repository with their tags and referrers. */
export async function readRepository(store: Store, name: RepositoryName): Promise<ManifestNodes> {
  const tags = await tagsByManifest(store, name);
  const nodes = new Map<Digest, ManifestNode>();
  for await (const { digest, target, modifiedMs } of store.manifests.revisions(name)) {
    const document = await readDocument(store, target ?? digest);
    const config = await describeConfig(store, document.content);
    nodes.set(digest, {
      digest,
      content: document.content,
      tags: tags.get(digest) ?? [],
      size: document.content === null ? 0 : document.size,
      modifiedMs,
      ...config,
      referrers: [],
    });
  }
  for (const { digest, content } of nodes.values()) {
    if (content?.subject) nodes.get(content.subject.digest)?.referrers.push(digest);
  }
  return nodes;
}

async function tagsByManifest(
  store: Store,
  name: RepositoryName,
): Promise<ReadonlyMap<Digest, readonly Tag[]>> {
  const tags = new Map<Digest, Tag[]>();
  for await (const { tag, digest } of store.tags.entries(name)) {
    if (digest === null) continue;
    const named = tags.get(digest);
    if (named === undefined) tags.set(digest, [tag]);
    else named.push(tag);
  }
  return tags;
}

async function describeConfig(
  store: Store,
  content: ManifestContent | null,
): Promise<{ readonly platform: string; readonly created: string | null }> {
  if (content?.kind === "index") {
    const platforms = content.manifests.map(({ platform }) => platformText(platform));
    return { platform: platforms.filter((text) => text !== "").join(","), created: null };
  }
  const descriptor = content?.config ?? null;
  const config = descriptor === null ? null : await readConfig(store, descriptor.digest);
  return {
    platform: platformText(config),
    created: typeof config?.created === "string" ? config.created : null,
  };
}

/** `os/architecture/variant`, as far as it is said; `""` where nothing is. */
export function platformText(platform: unknown): string {
  if (!isJsonObject(platform)) return "";
  const parts = [platform.os, platform.architecture, platform.variant];
  return parts.filter((part) => typeof part === "string" && part !== "").join("/");
}

/** A manifest with all that it lists, each once. */
export function closureOf(nodes: ManifestNodes, root: ManifestNode): ReadonlySet<ManifestNode> {
  const closure = new Set<ManifestNode>([root]);
  // A set gives what is added while it is gone through.
  for (const { content } of closure) {
    for (const child of content?.manifests ?? []) {
      const node = nodes.get(child.digest);
      if (node !== undefined) closure.add(node);
    }
  }
  return closure;
}

/** Bytes that manifests need. */
export interface ManifestSizes {
  /** Of the manifest, its configs and layers, and all of what it lists, each once. */
  readonly bytes: number;
  /** The part of it that no other manifest of the repository needs. */
  readonly uniqueBytes: number;
}

/** Sizes of every manifest. Blobs count with the size that the manifests say. */
export function manifestSizes(nodes: ManifestNodes): ReadonlyMap<Digest, ManifestSizes> {
  const users = new Map<Digest, number>();
  for (const node of nodes.values()) {
    for (const digest of ownBlobs(node).keys()) users.set(digest, (users.get(digest) ?? 0) + 1);
  }
  return new Map([...nodes.values()].map((node) => [node.digest, sizesOf(nodes, node, users)]));
}

function sizesOf(
  nodes: ManifestNodes,
  root: ManifestNode,
  users: ReadonlyMap<Digest, number>,
): ManifestSizes {
  const blobs = new Map<Digest, { readonly size: number; users: number }>();
  for (const node of closureOf(nodes, root)) {
    for (const [digest, size] of ownBlobs(node)) {
      const blob = blobs.get(digest) ?? { size, users: 0 };
      blob.users++;
      blobs.set(digest, blob);
    }
  }
  let [bytes, uniqueBytes] = [0, 0];
  for (const [digest, blob] of blobs) {
    bytes += blob.size;
    if (blob.users === users.get(digest)) uniqueBytes += blob.size;
  }
  return { bytes, uniqueBytes };
}

/** What a manifest needs itself, with sizes: its own bytes, its config and its layers. */
function ownBlobs({ digest, content, size }: ManifestNode): ReadonlyMap<Digest, number> {
  const blobs = new Map([[digest, size]]);
  for (const blob of [...content?.layers ?? [], ...content?.config ? [content.config] : []]) {
    blobs.set(blob.digest, blob.size);
  }
  return blobs;
}
