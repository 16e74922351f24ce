/**
 * Reads files and directories of a local disk.
 *
 * @module
 */

import { StorageError, toStorageError } from "./errors.ts";
import {
  BLOB_READ_BYTES,
  BLOB_READ_BYTES_MIN,
  BLOB_READ_TOTAL_BYTES,
  SYNC_LIST_BYTES_MAX,
} from "./limits.ts";

/**
 * Reads a file of this many bytes on a thread, in one go: half as fast again as `Deno.readFile`, which has to find out
 * how large it is. `null` when it vanished since it was looked at; less than all of it when it was cut since.
 */
export async function readLarge(
  path: string,
  size: number,
): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    using file = Deno.openSync(path);
    const content = new Uint8Array(size);
    let filled = 0;
    while (filled < size) {
      const count = await file.read(filled === 0 ? content : content.subarray(filled));
      if (count === null) break;
      filled += count;
    }
    return content.subarray(0, filled);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw toStorageError(error, "read", path);
  }
}

/**
 * The names in a directory, sorted. `directorySize` is the size of the directory's own file, in bytes; `onDirectory` is
 * told the path of each plain directory in it.
 */
export async function readNames(
  directory: string,
  directorySize: number,
  onDirectory: ((path: string) => void) | null,
): Promise<string[]> {
  const names: string[] = [];
  const take = ({ name, isDirectory }: Deno.DirEntry): void => {
    names.push(name);
    if (isDirectory) onDirectory?.(`${directory}/${name}`);
  };
  if (directorySize <= SYNC_LIST_BYTES_MAX) {
    for (const entry of Deno.readDirSync(directory)) take(entry);
  } else {
    for await (const entry of Deno.readDir(directory)) take(entry);
  }
  return names.sort();
}

/** How the pieces of a stream are handed out. */
export interface StreamOptions {
  /**
   * Whether a piece is good only until the next one is asked for. Its memory is then free as soon as its reader has no
   * use for it, and still in the cache of the processor when the next piece is read into it. Left to the garbage collector
   * it takes twice as long to fill, and a server twice the memory. What is being sent is not touched: `Deno.serve` has a
   * hold of its own on it, from before it asks for more.
   */
  readonly reclaimsPieces?: boolean;
}

/**
 * Streams that many bytes from where the file stands, and closes it. Fails when the file is shorter. New buffers for
 * each piece, in a plain stream: a stream of bytes, which could fill a reader's buffer, serves 20 % less.
 */
export function streamOf(
  file: Deno.FsFile,
  path: string,
  length: number,
  { reclaimsPieces = false }: StreamOptions = {},
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let left = length;
  let handedOut: ArrayBuffer | null = null;
  const close = (): void => {
    openStreams--;
    file.close();
  };
  openStreams++;
  return new ReadableStream({
    async pull(controller): Promise<void> {
      handedOut?.transfer(0);
      handedOut = null;
      try {
        if (left > 0) {
          const piece = await readPiece(file, path, left);
          left -= piece.length;
          controller.enqueue(piece);
          if (reclaimsPieces) handedOut = piece.buffer;
        }
      } catch (error) {
        close();
        throw error;
      }
      if (left > 0 || handedOut !== null) return;
      close();
      controller.close();
    },
    cancel: close,
  }, { highWaterMark: 0 });
}

/** Streams that are not read to their ends: each has a piece in memory, for as long as its client takes. */
let openStreams = 0;

/** Large pieces are fast, and a thousand clients that do not read must not take a gigabyte. */
function pieceBytes(): number {
  const share = BLOB_READ_TOTAL_BYTES / Math.max(1, openStreams);
  return Math.min(BLOB_READ_BYTES, Math.max(BLOB_READ_BYTES_MIN, share));
}

async function readPiece(
  file: Deno.FsFile,
  path: string,
  left: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const piece = new Uint8Array(Math.min(left, pieceBytes()));
  let count: number | null;
  try {
    count = await file.read(piece);
  } catch (error) {
    throw toStorageError(error, "read", path);
  }
  if (count !== null) return piece.subarray(0, count);
  throw new StorageError("corrupt", `Cannot read "${path}": ${left} bytes are missing`);
}
