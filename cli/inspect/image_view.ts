/**
 * Prints one manifest with all that it names, down to the layers, and how it was built.
 *
 * @module
 */

import { type Descriptor, isJsonObject } from "../../storage/descriptor.ts";
import type { Digest } from "../../storage/digest.ts";
import type { RepositoryName } from "../../storage/names.ts";
import type { Store } from "../../storage/store.ts";
import { formatBytes, printable } from "../format.ts";
import type { TreeNode } from "../tree.ts";
import { readConfig } from "./document.ts";
import { type ManifestNode, type ManifestNodes, platformText } from "./repository_content.ts";
import { typeText } from "./repository_view.ts";

/** How a part stands to the one above it. */
type PartRole = "manifest" | "config" | "layer" | "referrer";

/** A manifest or blob, with its parts. */
export interface Part {
  readonly role: PartRole;
  readonly mediaType: string;
  readonly digest: Digest;
  /** Bytes, as the manifest above says, or as they are on disk for the topmost. */
  readonly size: number;
  /** `""` where there is none. */
  readonly platform: string;
  /** What kind of artifact it is; `""` where that is not said. */
  readonly artifactType: string;
  /** Whether the repository has it. */
  readonly isPresent: boolean;
  readonly parts: readonly Part[];
  readonly history: readonly HistoryStep[];
}

/** One step of how an image was built (OCI image spec, "Image Configuration", `history`). */
export interface HistoryStep {
  readonly created: string | null;
  readonly createdBy: string;
  readonly comment: string;
  /** The layer that it made; `null` for a step that only changed the config. */
  readonly layer: Digest | null;
  readonly size: number;
}

/** Reads a manifest of a repository with everything below it. */
export async function readParts(
  store: Store,
  name: RepositoryName,
  nodes: ManifestNodes,
  root: ManifestNode,
): Promise<Part> {
  return await manifestPart({ store, name, nodes }, root.digest, "manifest", null);
}

interface Context {
  readonly store: Store;
  readonly name: RepositoryName;
  readonly nodes: ManifestNodes;
}

async function manifestPart(
  context: Context,
  digest: Digest,
  role: PartRole,
  said: Descriptor | null,
): Promise<Part> {
  const node = context.nodes.get(digest);
  const content = node?.content ?? null;
  const parts: Part[] = [];
  if (content?.config) parts.push(await blobPart(context, "config", content.config));
  for (const layer of content?.layers ?? []) parts.push(await blobPart(context, "layer", layer));
  for (const child of content?.manifests ?? []) {
    parts.push(await manifestPart(context, child.digest, "manifest", child));
  }
  for (const referrer of node?.referrers ?? []) {
    parts.push(await manifestPart(context, referrer, "referrer", null));
  }
  return {
    role,
    mediaType: content?.mediaType ?? said?.mediaType ?? "",
    digest,
    size: said?.size ?? node?.size ?? 0,
    platform: platformText(said?.platform) || (node?.platform ?? ""),
    artifactType: node === undefined || role !== "referrer" ? "" : typeText(node),
    isPresent: content !== null,
    parts,
    history: await readHistory(context.store, content?.config ?? null, content?.layers ?? []),
  };
}

async function blobPart(
  { store, name }: Context,
  role: PartRole,
  { mediaType, digest, size }: Descriptor,
): Promise<Part> {
  const isPresent = await store.blobs.stat(name, digest) !== null;
  return {
    role,
    mediaType,
    digest,
    size,
    platform: "",
    artifactType: "",
    isPresent,
    parts: [],
    history: [],
  };
}

async function readHistory(
  store: Store,
  descriptor: Descriptor | null,
  layers: readonly Descriptor[],
): Promise<readonly HistoryStep[]> {
  const config = descriptor === null ? null : await readConfig(store, descriptor.digest);
  const steps = Array.isArray(config?.history) ? config.history.filter(isJsonObject) : [];
  const remaining = layers.values();
  return steps.map((step) => {
    const layer = step.empty_layer === true ? null : remaining.next().value ?? null;
    return {
      created: typeof step.created === "string" ? step.created : null,
      createdBy: typeof step.created_by === "string" ? step.created_by : "",
      comment: typeof step.comment === "string" ? step.comment : "",
      layer: layer?.digest ?? null,
      size: layer?.size ?? 0,
    };
  });
}

/** A part and its parts, for drawing. */
export function partTree(part: Part): TreeNode {
  const { role, platform, artifactType, digest, size, mediaType, isPresent, parts } = part;
  const words = [
    role,
    platform,
    artifactType,
    digest,
    formatBytes(size),
    mediaType,
    isPresent ? "" : "(missing)",
  ];
  return {
    label: printable(words.filter((word) => word !== "").join("  ")),
    children: parts.map(partTree),
  };
}

/** How each image below a part was built, a heading before each where there is more than one platform. */
export function historyLines(part: Part): readonly string[] {
  const own = part.history.map(({ created, createdBy, comment, size }) => {
    const what = createdBy === "" ? comment : createdBy;
    return `  ${created ?? "-"}  ${formatBytes(size).padStart(10)}  ${printable(what)}`;
  });
  const heading = `History of ${[part.platform, part.digest].filter((word) => word).join("  ")}:`;
  return [
    ...(own.length === 0 ? [] : ["", printable(heading), ...own]),
    ...part.parts.flatMap(historyLines),
  ];
}

/** The JSON objects of a part and its parts, each with its depth. */
export function* partObjects(
  part: Part,
  parent: Digest | null = null,
  depth = 0,
): Generator<Readonly<Record<string, unknown>>> {
  const { parts, history, platform, artifactType, ...rest } = part;
  yield {
    type: "part",
    depth,
    parent,
    ...rest,
    platform: platform === "" ? null : platform,
    artifactType: artifactType === "" ? null : artifactType,
  };
  for (const step of history) yield { type: "history", manifest: part.digest, ...step };
  for (const each of parts) yield* partObjects(each, part.digest, depth + 1);
}
