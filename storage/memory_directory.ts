/**
 * What the in-memory driver keeps of one directory.
 *
 * @module
 */

import type { StorageListOptions } from "./driver.ts";
import { pageOf } from "./listing_cache.ts";
import type { MemoryFile } from "./memory_file.ts";

/** What a name of a {@linkcode MemoryDirectory} stands for. */
export type MemoryNode = MemoryDirectory | MemoryFile;

/** Files and directories by name. The sorted names are kept until one is added or removed. */
export class MemoryDirectory {
  /** Milliseconds since 1970 when the directory was made. */
  readonly modifiedMs: number;
  readonly #nodes = new Map<string, MemoryNode>();
  #sorted: readonly string[] | null = null;

  constructor(modifiedMs: number) {
    this.modifiedMs = modifiedMs;
  }

  /** How many names there are. */
  get size(): number {
    return this.#nodes.size;
  }

  get(name: string): MemoryNode | null {
    return this.#nodes.get(name) ?? null;
  }

  set(name: string, node: MemoryNode): void {
    if (!this.#nodes.has(name)) this.#sorted = null;
    this.#nodes.set(name, node);
  }

  delete(name: string): boolean {
    const removed = this.#nodes.delete(name);
    if (removed) this.#sorted = null;
    return removed;
  }

  /** A page of the names, in ascending order of their bytes. */
  names(options: StorageListOptions = {}): readonly string[] {
    // Paths are ASCII, where the order of code units is the order of bytes.
    this.#sorted ??= [...this.#nodes.keys()].sort();
    return pageOf(this.#sorted, options.after, options.limit);
  }
}
