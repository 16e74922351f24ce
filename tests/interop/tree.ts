/**
 * The files of a store, as far as berth and distribution are to agree on them.
 *
 * @module
 */

import { walk } from "@std/fs";
import { digestBytes } from "../../storage/digest.ts";

/** File paths below `docker/registry/v2`, each with the text of a small file or the digest of a large one. */
export type Tree = ReadonlyMap<string, string>;

/** Files that only one of the two writes, by design. Directories without files are left out everywhere. */
export const FILES_OF_ONE: readonly { readonly path: RegExp; readonly reason: string }[] = [
  {
    path: /^_gate\//,
    reason: "berth locks commits and collection against each other; distribution collects offline",
  },
  {
    path: /\/_referrers\//,
    reason: "berth answers the referrers API from this index; distribution 2.8 has no such API",
  },
  {
    path: /\/_uploads\/[^/]+\/hashstates\//,
    reason: "distribution keeps the running hash of an upload; berth reads the bytes again",
  },
];

/** What a path or a text says differently on every run, and what stands for it. */
const RANDOM: readonly (readonly [RegExp, string])[] = [
  [/\/_uploads\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\//, "/_uploads/<uuid>/"],
  [/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, "<time>"],
];

const TEXT_BYTES_MAX = 200;

/** Reads the store below a root directory: every file of the layout that both servers write. */
export async function readTree(root: string): Promise<Tree> {
  const base = `${root}/docker/registry/v2/`;
  const files: [string, string][] = [];
  for await (const { path } of walk(base, { includeDirs: false })) {
    const name = path.slice(base.length);
    if (FILES_OF_ONE.some((each) => each.path.test(name))) continue;
    files.push([withoutRandom(name), withoutRandom(fingerprint(await Deno.readFile(path)))]);
  }
  return new Map(files.sort(([a], [b]) => a < b ? -1 : 1));
}

function fingerprint(bytes: Uint8Array): string {
  if (bytes.length > TEXT_BYTES_MAX) return digestBytes(bytes, "sha256");
  return new TextDecoder().decode(bytes);
}

function withoutRandom(text: string): string {
  return RANDOM.reduce((result, [pattern, stand]) => result.replace(pattern, stand), text);
}
