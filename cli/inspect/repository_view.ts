/**
 * Prints the manifests of one repository.
 *
 * @module
 */

import { type Digest, digestHex } from "../../storage/digest.ts";
import { referrerDescriptor } from "../../storage/manifest.ts";
import type { RepositoryName } from "../../storage/names.ts";
import { formatBytes, formatTable, formatTime } from "../format.ts";
import {
  type ManifestNode,
  type ManifestNodes,
  type ManifestSizes,
  manifestSizes,
} from "./repository_content.ts";

/** How a manifest stands to the one above it. */
type Role = "manifest" | "child" | "referrer";

interface Row {
  readonly node: ManifestNode;
  readonly role: Role;
  readonly depth: number;
}

/** Characters of a digest's hex that tell it from the others of a repository, for the eye. */
const SHORT_HEX_CHARACTERS = 12;

/** The table of a repository, for a terminal of so many columns, or `null` for a pipe. */
export function repositoryLines(nodes: ManifestNodes, width: number | null): readonly string[] {
  const sizes = manifestSizes(nodes);
  return formatTable(
    [
      { title: "MANIFEST", canCut: true },
      { title: "TYPE", canCut: true },
      { title: "PLATFORM", canCut: true },
      { title: "CREATED", canDrop: true },
      { title: "SIZE", align: "right" },
      { title: "UNIQUE", align: "right", canDrop: true },
    ],
    rowsOf(nodes).map((row) => cells(row, sizes.get(row.node.digest), width !== null)),
    width,
  );
}

function cells(
  { node, role, depth }: Row,
  sizes: ManifestSizes | undefined,
  isTerminal: boolean,
): readonly string[] {
  const digest = isTerminal ? shortDigest(node.digest) : node.digest;
  const label = node.tags.length === 0 ? digest : `${node.tags.join(", ")} (${digest})`;
  const indent = depth === 0 ? "" : `${"  ".repeat(depth)}${role === "referrer" ? "^ " : "- "}`;
  return [
    `${indent}${label}`,
    typeText(node),
    node.platform === "" ? "-" : node.platform,
    createdText(node.created),
    formatBytes(sizes?.bytes ?? 0),
    formatBytes(sizes?.uniqueBytes ?? 0),
  ];
}

/** The first characters of a digest's hex. */
export function shortDigest(digest: Digest): string {
  return digestHex(digest).slice(0, SHORT_HEX_CHARACTERS);
}

/** What a manifest is, in a word: the artifact type where it has one of its own. */
export function typeText({ content, digest, size }: ManifestNode): string {
  if (content === null) return "unreadable";
  if (content.kind === "index") return "index";
  const { artifactType = "" } = referrerDescriptor(content, digest, size);
  return content.subject !== null || content.artifactType !== null ? artifactType : content.kind;
}

function createdText(created: string | null): string {
  const timeMs = Date.parse(created ?? "");
  return Number.isNaN(timeMs) ? "-" : formatTime(timeMs);
}

/** The JSON objects of a repository: one for each manifest, in the order of the table. */
export function* repositoryObjects(
  name: RepositoryName,
  nodes: ManifestNodes,
): Generator<Readonly<Record<string, unknown>>> {
  const sizes = manifestSizes(nodes);
  for (const node of nodes.values()) {
    const { digest, content, tags, platform, created, modifiedMs } = node;
    yield {
      type: "manifest",
      repository: name,
      digest,
      tags,
      mediaType: content?.mediaType ?? null,
      artifactType: content?.artifactType ?? null,
      platform: platform === "" ? null : platform,
      created,
      pushed: formatTime(modifiedMs),
      subject: content?.subject?.digest ?? null,
      children: content?.manifests.map((child) => child.digest) ?? [],
      ...sizes.get(digest),
    };
  }
}

/**
 * Every manifest with what it lists and what refers to it below it. On top stand those that no other one here lists or
 * has as its subject; tags come before digests.
 */
function rowsOf(nodes: ManifestNodes): readonly Row[] {
  const below = new Set<Digest>();
  for (const { content, referrers } of nodes.values()) {
    for (const child of content?.manifests ?? []) below.add(child.digest);
    for (const referrer of referrers) below.add(referrer);
  }
  const tops = [...nodes.values()].filter(({ digest, tags }) =>
    !below.has(digest) || tags.length > 0
  );
  tops.sort((one, other) => compareNodes(one, other));
  const rows: Row[] = [];
  for (const node of tops) addRows(nodes, { node, role: "manifest", depth: 0 }, rows);
  return rows;
}

function addRows(nodes: ManifestNodes, row: Row, rows: Row[]): void {
  rows.push(row);
  const depth = row.depth + 1;
  for (const { digest } of row.node.content?.manifests ?? []) {
    const node = nodes.get(digest);
    if (node !== undefined) addRows(nodes, { node, role: "child", depth }, rows);
  }
  for (const digest of row.node.referrers) {
    const node = nodes.get(digest);
    if (node !== undefined) addRows(nodes, { node, role: "referrer", depth }, rows);
  }
}

function compareNodes(one: ManifestNode, other: ManifestNode): number {
  const [left, right] = [one.tags[0] ?? "\uffff", other.tags[0] ?? "\uffff"];
  if (left !== right) return left < right ? -1 : 1;
  return one.digest < other.digest ? -1 : 1;
}
