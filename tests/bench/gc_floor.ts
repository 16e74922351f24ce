/**
 * What the disk alone takes for a collection.
 *
 * @module
 */

import { rmdir } from "node:fs/promises";
import { parentOf } from "../../storage/directory_sync.ts";
import type { WrittenStore } from "./gc_store.ts";

/** Floor of collection: the manifests are read, and what is dead is removed, without a question asked. */
export const FLOOR_NAME = "read, unlink";

/** Removals at a time; more of them do not make a disk faster that was measured. */
const PARALLEL = 64;

/** Reads every manifest of a store, then removes the dead files with their directories; returns the milliseconds. */
export async function runFloor(root: string, store: WrittenStore): Promise<number> {
  const startedMs = performance.now();
  for (const path of store.manifests) Deno.readFileSync(`${root}/${path}`);
  await removeAll(root, store.deadLinks.toSorted(byDigest));
  await removeAll(root, store.deadBlobs);
  return Math.round(performance.now() - startedMs);
}

/** Neighbours are of several repositories: out of one directory a file system takes one entry at a time. */
function byDigest(one: string, other: string): number {
  return digestOf(one) < digestOf(other) ? -1 : 1;
}

function digestOf(path: string): string {
  return path.split("/").at(-2) ?? "";
}

async function removeAll(root: string, paths: readonly string[]): Promise<void> {
  const left = paths.values();
  const removeSome = async (): Promise<void> => {
    for (const path of left) {
      const file = `${root}/${path}`;
      await Deno.remove(file);
      await rmdir(parentOf(file));
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, removeSome));
}
