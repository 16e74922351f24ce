/**
 * The content of small files, kept while the files do not change.
 *
 * @module
 */

import { BoundedMap } from "./bounded_map.ts";
import type { StoragePath } from "./driver.ts";
import { SMALL_FILES_BYTES_MAX, SMALL_FILES_MAX, TIMES_SETTLED_MS } from "./limits.ts";

/** What tells one state of a file from another. Every writer but distribution 2 gives the file a new inode. */
export interface FileState {
  readonly inode: number | null;
  readonly modifiedMs: number;
  readonly size: number;
}

/** A small file as it was read. */
export interface KeptFile extends FileState {
  /** Where it is, outside the store: to put that together takes as long as to find the file here. */
  readonly absolute: string;
  readonly content: Uint8Array<ArrayBuffer>;
}

/** Links are read at every request and seldom change: a look at the file costs 3 us, reading it 7 us more. */
export class ContentCache {
  readonly #files = new BoundedMap<StoragePath, KeptFile>(SMALL_FILES_MAX);

  /** The file as it was read last; `null` when it must be read. Who uses it looks whether it {@linkcode isCurrent}. */
  get(path: StoragePath): KeptFile | null {
    return this.#files.get(path) ?? null;
  }

  /** Keeps what was read at `nowMs` or before. */
  set(path: StoragePath, file: KeptFile, nowMs: number): void {
    const { content, modifiedMs, size } = file;
    // A file that changed just now may change again within the same tick of its clock.
    const isSettled = nowMs - modifiedMs >= TIMES_SETTLED_MS;
    const isKept = isSettled && content.length === size && size <= SMALL_FILES_BYTES_MAX;
    if (isKept) this.#files.set(path, file);
  }
}

/** Whether a file is in the same state still. */
export function isCurrent(file: FileState, state: FileState): boolean {
  return file.modifiedMs === state.modifiedMs && file.inode === state.inode &&
    file.size === state.size;
}
