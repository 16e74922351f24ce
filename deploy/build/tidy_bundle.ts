/**
 * Takes out of a bundle what differs from machine to machine: where packages are kept, and the names that come of it.
 *
 * @module
 */

import { digestBytes, digestHex } from "../../storage/digest.ts";
import { BuildError } from "./run.ts";

/** A file of a bundle. */
export interface Script {
  /** In the directory of the bundle. */
  readonly path: string;
  readonly text: string;
}

/** A package that is in a bundle. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
}

/** The comment above what comes from a package: where on this machine, and then `npm/<registry>/<package>/<version>/`. */
const ORIGIN_REGEXP =
  /^\/\/ .*\/npm\/[^/\n]+\/(?<name>(?:@[^/\n]+\/)?[^/\n]+)\/(?<version>[^/\n]+)\/(?<file>.+)$/gm;

/** What is bundled into a file that nobody asked for by name has this before its extension. */
const HASHED_REGEXP = /-[A-Z0-9]{8}(?=\.js\b)/g;

/** The packages that some scripts hold, in the order of their names. */
export function packagesIn(scripts: readonly Script[]): readonly BundledPackage[] {
  const found = new Map<string, BundledPackage>();
  for (const { text } of scripts) {
    for (const { groups } of text.matchAll(ORIGIN_REGEXP)) {
      const [name = "", version = ""] = [groups?.["name"], groups?.["version"]];
      found.set(`${name}@${version}`, { name, version });
    }
  }
  return [...found.keys()].toSorted().flatMap((key) => found.get(key) ?? []);
}

/** The same scripts, without this machine in their comments and with names that come of their content. */
export function tidyScripts(scripts: readonly Script[]): readonly Script[] {
  const named = scripts.map(({ path, text }) => ({
    path,
    text: text.replace(ORIGIN_REGEXP, "// $<name>@$<version>/$<file>"),
  }));
  const names = new Map(named.map((script) => [script.path, tidyName(script)]));
  if (new Set(names.values()).size !== names.size) {
    throw new BuildError("Cannot name the files of the bundle: two of them are the same");
  }
  const renames = [...names].filter(([from, to]) => from !== to);
  return named.map(({ path, text }) => ({
    path: names.get(path) ?? path,
    text: renames.reduce((all, [from, to]) => all.replaceAll(`/${from}"`, `/${to}"`), text),
  }));
}

/** What a file is called does not count for what it is called: files name each other. */
function tidyName({ path, text }: Script): string {
  if (!new RegExp(HASHED_REGEXP).test(path)) return path;
  const content = new TextEncoder().encode(text.replaceAll(HASHED_REGEXP, ""));
  const hex = digestHex(digestBytes(content, "sha256"));
  return path.replace(HASHED_REGEXP, `-${hex.slice(0, 12)}`);
}
