/**
 * What is on disk, as a tree with sizes.
 *
 * @module
 */

import type { StorageDriver, StoragePath } from "../../storage/driver.ts";
import { type LayoutEntry, type LayoutLevel, walkLayout } from "../../storage/layout_tree.ts";
import { formatBytes, formatCount, printable } from "../format.ts";
import type { TreeNode } from "../tree.ts";

/** A directory that is drawn, with all that is in it and is not drawn. */
interface DirectoryNode {
  readonly name: string;
  readonly children: Map<string, DirectoryNode>;
  files: number;
  bytes: number;
  isForeign: boolean;
}

/**
 * Sums up what lies below a directory. The levels of which there is one for each digest, tag or upload are not drawn,
 * so that a tree has as many lines as the store has repositories; what is foreign is.
 */
export async function layoutTree(
  driver: StorageDriver,
  path: StoragePath,
  level: LayoutLevel,
): Promise<TreeNode> {
  const root = newNode(path);
  for await (const entry of walkLayout(driver, { path, level })) {
    addEntry(root, entry.path.slice(path.length + 1).split("/"), entry);
  }
  return drawn(root);
}

function newNode(name: string): DirectoryNode {
  return { name, children: new Map(), files: 0, bytes: 0, isForeign: false };
}

function addEntry(root: DirectoryNode, names: readonly string[], entry: LayoutEntry): void {
  const { level, info } = entry;
  const isFile = info === null || !info.isDirectory;
  let node = root;
  count(node, isFile, info?.size ?? 0);
  const isDrawn = level === null || (!isFile && !level.isOneOfMany);
  for (const [index, name] of names.entries()) {
    let child = node.children.get(name);
    // A directory is met before what is in it: what has no node yet is not drawn, unless this is it.
    if (child === undefined) {
      if (!isDrawn || index < names.length - 1) break;
      child = newNode(name);
      child.isForeign = level === null;
      node.children.set(name, child);
    }
    count(child, isFile, info?.size ?? 0);
    node = child;
  }
}

function count(node: DirectoryNode, isFile: boolean, bytes: number): void {
  if (isFile) node.files++;
  node.bytes += bytes;
}

function drawn({ name, children, files, bytes, isForeign }: DirectoryNode): TreeNode {
  const note = isForeign ? " (foreign)" : "";
  return {
    label: `${printable(name)}  ${formatCount(files, "file")}, ${formatBytes(bytes)}${note}`,
    children: [...children.values()].map(drawn),
  };
}
