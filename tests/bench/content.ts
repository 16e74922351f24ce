/**
 * What is pushed and pulled: the same bytes for every server.
 *
 * @module
 */

import { type Digest, RunningDigest } from "../../storage/digest.ts";
import type { RunningServer } from "../harness.ts";
import { type Image, makeContent, makeImage, MEDIA_TYPES, noise } from "../images.ts";
import { RegistryClient } from "../push.ts";
import { curlPush } from "./curl.ts";

export const REPOSITORY = "bench/app";
export const TAG = "latest";

/** What is in memory of a large file at a time, in bytes. */
const PIECE_BYTES = 1024 * 1024;

/** A file that is pushed in one piece. */
export interface LargeFile {
  readonly path: string;
  readonly size: number;
  readonly digest: Digest;
}

/** The bytes of one run. */
export interface Content {
  /** With one small layer. */
  readonly image: Image;
  readonly smallBlob: Digest;
  /** To be pulled, and pushed with other bytes. */
  readonly large: LargeFile;
}

/** Makes the content; the large file, a whole number of mebibytes, is written into the directory. */
export async function createContent(
  directory: string,
  smallBytes: number,
  largeBytes: number,
): Promise<Content> {
  const layer = makeContent(MEDIA_TYPES.oci.none, noise(1, smallBytes));
  const path = `${directory}/large`;
  using file = await Deno.open(path, { write: true, createNew: true });
  const digest = new RunningDigest("sha256");
  for (let size = 0; size < largeBytes; size += PIECE_BYTES) {
    const piece = noise(size, PIECE_BYTES);
    digest.update(piece);
    for (let done = 0; done < piece.length;) done += await file.write(piece.subarray(done));
  }
  return {
    image: makeImage("oci", "amd64", [{ ...layer, diffId: layer.digest }]),
    smallBlob: layer.digest,
    large: { path, size: largeBytes, digest: digest.current() },
  };
}

/**
 * Makes the large file differ from all that any server has seen, by new bytes at its start. The same memory and disk
 * serve for every round, and a push stays one of unknown content.
 */
export async function renewLargeFile(large: LargeFile): Promise<LargeFile> {
  using file = await Deno.open(large.path, { read: true, write: true });
  const stamp = crypto.getRandomValues(new Uint8Array(32));
  if (await file.write(stamp) !== stamp.length) throw new Error(`Cannot stamp ${large.path}`);
  await file.seek(0, Deno.SeekMode.Start);
  const digest = new RunningDigest("sha256");
  const buffer = new Uint8Array(PIECE_BYTES);
  for (let size = await file.read(buffer); size !== null; size = await file.read(buffer)) {
    digest.update(buffer.subarray(0, size));
  }
  return { ...large, digest: digest.current() };
}

/**
 * Puts the content on a server, the large file only where there is a `curl` to measure it with, and pulls the blobs
 * again to see that the server gives the right bytes.
 */
export async function publishContent(
  content: Content,
  server: RunningServer,
  curl: string | null,
): Promise<void> {
  const registry = new RegistryClient(server.url);
  await registry.pushImage(REPOSITORY, content.image, TAG);
  const pushed = [content.smallBlob];
  if (curl !== null) {
    await curlPush(curl, { base: server.url, repository: REPOSITORY, ...content.large });
    pushed.push(content.large.digest);
  }
  for (const digest of pushed) {
    const pulled = await registry.pullDigest(REPOSITORY, digest);
    if (pulled !== digest) throw new Error(`${server.url} gave ${pulled} in place of ${digest}`);
  }
}
