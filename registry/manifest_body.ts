/**
 * The bodies of manifest pushes.
 *
 * @module
 */

import { concatenate } from "../storage/concatenate.ts";
import { MANIFEST_BYTES_MAX } from "../storage/limits.ts";
import { StorageError } from "../storage/errors.ts";
import { piecesOf } from "../storage/piece_reader.ts";
import { RegistryError } from "./errors.ts";

/**
 * Reads the manifest that a client pushes. Throws `MANIFEST_INVALID` with 413 past 4 MiB, and `SIZE_INVALID` when
 * the body ends early, or with 408 when nothing comes for `idleMs`.
 */
export async function readManifestBody(
  request: Request,
  idleMs = 0,
): Promise<Uint8Array<ArrayBuffer>> {
  if (Number(request.headers.get("Content-Length") ?? 0) > MANIFEST_BYTES_MAX) throw tooLarge();
  const pieces: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const piece of piecesOf(request.body, idleMs)) {
      size += piece.length;
      if (size > MANIFEST_BYTES_MAX) throw tooLarge();
      pieces.push(piece.slice());
    }
  } catch (error) {
    if (error instanceof RegistryError || error instanceof StorageError) throw error;
    throw new RegistryError("SIZE_INVALID", {
      message: "the body ended before it was whole",
      cause: error,
    });
  }
  return concatenate(pieces);
}

function tooLarge(): RegistryError {
  return new RegistryError("MANIFEST_INVALID", {
    status: 413,
    message: `a manifest has at most ${MANIFEST_BYTES_MAX} bytes`,
  });
}
