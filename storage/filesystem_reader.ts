/**
 * Reads files and directories of a local disk.
 *
 * @module
 */

import { StorageError, toStorageError } from "./errors.ts";
import { BLOB_READ_BYTES, SYNC_LIST_BYTES_MAX } from "./limits.ts";

/** Reads a file on a thread; `null` when it vanished since it was looked at. */
export async function readLarge(path: string): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw toStorageError(error, "read", path);
  }
}

/** The names in a directory, sorted. `directorySize` is the size of the directory's own file, in bytes. */
export async function readNames(directory: string, directorySize: number): Promise<string[]> {
  const names: string[] = [];
  if (directorySize <= SYNC_LIST_BYTES_MAX) {
    for (const entry of Deno.readDirSync(directory)) names.push(entry.name);
  } else {
    for await (const entry of Deno.readDir(directory)) names.push(entry.name);
  }
  return names.sort();
}

/**
 * Streams that many bytes from where the file stands, and closes it. Fails when the file is shorter. Reads into the
 * buffer of a reader that brings one, else a piece at a time into new ones.
 */
export function streamOf(
  file: Deno.FsFile,
  path: string,
  length: number,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let left = length;
  const source: UnderlyingByteSource = {
    type: "bytes",
    async pull(controller): Promise<void> {
      const request = controller.byobRequest;
      if (left > 0) {
        const room = roomOf(request, Math.min(left, BLOB_READ_BYTES));
        const count = await readSome(file, path, room, left);
        left -= count;
        if (request === null) controller.enqueue(room.subarray(0, count));
        else request.respond(count);
      }
      if (left > 0) return;
      file.close();
      controller.close();
      // A reader that waits with a buffer of its own is told of the end through that buffer.
      if (length === 0) request?.respond(0);
    },
    cancel(): void {
      file.close();
    },
  };
  return new ReadableStream(source, { highWaterMark: 0 });
}

function roomOf(
  request: ReadableStreamBYOBRequest | null,
  size: number,
): Uint8Array<ArrayBuffer> {
  const view = request?.view ?? null;
  if (view === null) return new Uint8Array(size);
  return new Uint8Array(view.buffer, view.byteOffset, Math.min(view.byteLength, size));
}

async function readSome(
  file: Deno.FsFile,
  path: string,
  room: Uint8Array,
  left: number,
): Promise<number> {
  try {
    const count = await file.read(room);
    if (count !== null) return count;
  } catch (error) {
    file.close();
    throw toStorageError(error, "read", path);
  }
  file.close();
  throw new StorageError("corrupt", `Cannot read "${path}": ${left} bytes are missing`);
}
