/**
 * Writes stores straight into files, for benchmarks.
 *
 * @module
 */

import type { Digest } from "../../storage/digest.ts";
import { encodeLink } from "../../storage/layout.ts";
import {
  parseRepositoryName,
  parseTag,
  type RepositoryName,
  type Tag,
} from "../../storage/names.ts";

/** Writes files as fast as one thread can. */
export class StoreFiles {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  link(path: string, digest: Digest): void {
    this.write(path, encodeLink(digest));
  }

  write(path: string, bytes: Uint8Array): void {
    using file = this.#create(path);
    file.writeSync(bytes);
  }

  hole(path: string, size: number): void {
    using file = this.#create(path);
    file.truncateSync(size);
  }

  directory(path: string): void {
    Deno.mkdirSync(`${this.#root}/${path}`, { recursive: true });
  }

  #create(path: string): Deno.FsFile {
    this.directory(path.slice(0, path.lastIndexOf("/")));
    return Deno.openSync(`${this.#root}/${path}`, { write: true, create: true });
  }
}

/** A name that is known to be one. */
export function repositoryNamed(text: string): RepositoryName {
  const name = parseRepositoryName(text);
  if (name === null) throw new Error(`"${text}" is no name of a repository`);
  return name;
}

/** A tag that is known to be one. */
export function tagNamed(text: string): Tag {
  const tag = parseTag(text);
  if (tag === null) throw new Error(`"${text}" is no tag`);
  return tag;
}
