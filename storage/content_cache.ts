/**
 * The content of small files, kept while the files do not change.
 *
 * @module
 */

import { BoundedMap } from "./bounded_map.ts";
import { SMALL_FILES_BYTES_MAX, SMALL_FILES_MAX, TIMES_SETTLED_MS } from "./limits.ts";

/** What tells one state of a file from another. Every writer but distribution 2 gives the file a new inode. */
export interface FileState {
  readonly inode: number | null;
  readonly modifiedMs: number;
  readonly size: number;
}

/** Links are read at every request and seldom change: a look at the file costs 3 us, reading it 7 us more. */
export class ContentCache {
  readonly #files = new BoundedMap<string, FileState & { content: Uint8Array<ArrayBuffer> }>(
    SMALL_FILES_MAX,
  );

  /** What a file held that was in this state; `null` when it must be read. */
  get(path: string, state: FileState): Uint8Array<ArrayBuffer> | null {
    const file = this.#files.get(path);
    return file !== undefined && file.modifiedMs === state.modifiedMs &&
        file.inode === state.inode && file.size === state.size
      ? file.content
      : null;
  }

  /** Keeps what was read after the file was seen in this state, at `nowMs`. */
  set(path: string, state: FileState, content: Uint8Array<ArrayBuffer>, nowMs: number): void {
    // A file that changed just now may change again within the same tick of its clock.
    const isSettled = nowMs - state.modifiedMs >= TIMES_SETTLED_MS;
    const isKept = isSettled && content.length === state.size &&
      state.size <= SMALL_FILES_BYTES_MAX;
    if (isKept) this.#files.set(path, { ...state, content });
  }
}
