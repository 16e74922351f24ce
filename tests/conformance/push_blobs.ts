/**
 * Pushes blobs in the ways that clients do. The steps before the last are checked, the last answer is returned for the
 * case to check.
 *
 * @module
 */

import type { Answer, Repository } from "./client.ts";
import { expectHeader, expectStatus, locationOf } from "./expect.ts";
import type { Content } from "./fixtures.ts";

/** Where an upload is opened. */
export const UPLOADS = "blobs/uploads/";

/** Opens an upload and returns its session URL. */
export async function openUpload(repository: Repository): Promise<URL> {
  return locationOf(expectStatus(await repository.send("POST", UPLOADS), 202));
}

/** Closes an upload with all or the rest of its bytes, if any are left, and the digest of the whole. */
export function closeUpload(
  repository: Repository,
  session: URL,
  digest: string,
  bytes?: Uint8Array<ArrayBuffer>,
): Promise<Answer> {
  return repository.send("PUT", session, {
    query: [["digest", digest]],
    headers: { "Content-Type": "application/octet-stream" },
    ...(bytes === undefined ? {} : { body: bytes }),
  });
}

/** POST with the digest and the bytes (spec, "Single POST"). */
export function pushByPost(
  repository: Repository,
  { bytes, descriptor }: Content,
): Promise<Answer> {
  return repository.send("POST", UPLOADS, {
    query: [["digest", descriptor.digest]],
    headers: { "Content-Type": "application/octet-stream" },
    body: bytes,
  });
}

/** POST, then PUT with the bytes (spec, "POST then PUT"). */
export async function pushByPut(
  repository: Repository,
  { bytes, descriptor }: Content,
): Promise<Answer> {
  return closeUpload(repository, await openUpload(repository), descriptor.digest, bytes);
}

/** POST, PATCH with all bytes and neither length nor range, and an empty PUT. */
export async function pushByStream(
  repository: Repository,
  { bytes, descriptor }: Content,
): Promise<Answer> {
  const session = await openUpload(repository);
  const answer = await repository.send("PATCH", session, {
    headers: { "Content-Type": "application/octet-stream" },
    body: new Blob([bytes]).stream(),
  });
  return closeUpload(repository, locationOf(expectStatus(answer, 202)), descriptor.digest);
}

/** Sends one chunk of content with its range (spec, "Pushing a blob in chunks"). */
export function sendChunk(
  repository: Repository,
  session: URL,
  content: Content,
  chunk: Chunk,
): Promise<Answer> {
  return repository.send(chunk.method, session, {
    query: chunk.method === "PUT" ? [["digest", content.descriptor.digest]] : [],
    headers: {
      "Content-Type": "application/octet-stream",
      "Content-Range": `${chunk.start}-${chunk.end - 1}`,
    },
    body: content.bytes.slice(chunk.start, chunk.end),
  });
}

/** A piece of content from `start` up to, not including, `end`. A PUT also closes the upload. */
export interface Chunk {
  readonly method: "PATCH" | "PUT";
  readonly start: number;
  readonly end: number;
}

export interface ChunkedOptions {
  /** Length of each chunk but the last, in bytes. */
  readonly chunkBytes: number;
  /** Sends the last chunk in the closing PUT instead of a PATCH of its own. */
  readonly lastByPut?: boolean;
  /** Sends, before each chunk, one that is not its turn, and expects 416. */
  readonly misplaced?: boolean;
}

/** POST, a PATCH for each chunk, and the closing PUT. */
export async function pushInChunks(
  repository: Repository,
  content: Content,
  options: ChunkedOptions,
): Promise<Answer> {
  const length = content.bytes.length;
  const lastMethod = options.lastByPut === true ? "PUT" : "PATCH";
  const chunkAt = (start: number): Chunk => {
    const end = Math.min(start + options.chunkBytes, length);
    return { method: end === length ? lastMethod : "PATCH", start, end };
  };
  let session = await openUpload(repository);
  for (let start = 0; start < length; start += options.chunkBytes) {
    if (options.misplaced === true) {
      const skipped = start + options.chunkBytes;
      const misplaced = chunkAt(skipped < length ? skipped : 0);
      session = await misplaceChunk(repository, session, content, misplaced, start);
    }
    const chunk = chunkAt(start);
    const answer = await sendChunk(repository, session, content, chunk);
    if (chunk.method === "PUT") return answer;
    expectHeader(expectStatus(answer, 202), "Range", `0-${chunk.end - 1}`);
    session = locationOf(answer);
  }
  return closeUpload(repository, session, content.descriptor.digest);
}

/** Sends a chunk that is not expected and returns where the upload goes on, which has received as much as before. */
async function misplaceChunk(
  repository: Repository,
  session: URL,
  content: Content,
  chunk: Chunk,
  received: number,
): Promise<URL> {
  expectStatus(await sendChunk(repository, session, content, chunk), 416);
  const status = expectStatus(await repository.send("GET", session), 204);
  // The spec has no range for an upload without bytes; servers count it in one of two ways.
  const ranges = received === 0 ? ["0-0", "0--1"] : [`0-${received - 1}`];
  expectHeader(status, "Range", ...ranges);
  return locationOf(status);
}

/** Pushes blobs where a case needs them to be there. */
export async function pushBlobs(
  repository: Repository,
  blobs: readonly Content[],
): Promise<void> {
  for (const blob of blobs) expectStatus(await pushByPut(repository, blob), 201);
}
