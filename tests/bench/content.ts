/**
 * What is pushed and pulled: the same bytes for every server.
 *
 * @module
 */

import { type Digest, RunningDigest } from "../../storage/digest.ts";
import { blobsOf, type Image, makeContent, makeImage, MEDIA_TYPES, noise } from "../images.ts";
import { RegistryClient } from "../push.ts";
import { curlPush } from "./curl.ts";
import type { Scale, Subject } from "./row.ts";
import { STATIC_FILES } from "./servers.ts";

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
  /** With the medium and the small blob as its layers. */
  readonly image: Image;
  readonly smallBlob: Digest;
  readonly mediumBlob: Digest;
  /** To be pulled. */
  readonly pulled: LargeFile;
  /** To be pushed, with other bytes each time. */
  readonly pushed: LargeFile;
  /** To be pushed at once, likewise. */
  readonly parts: readonly LargeFile[];
}

/** How large the content is, in bytes. */
export type ContentSizes = Pick<
  Scale,
  "smallBlobBytes" | "mediumBlobBytes" | "largeBlobBytes" | "parts"
>;

/** Makes the content; the large files, whole numbers of mebibytes, are written into the directory. */
export async function createContent(directory: string, sizes: ContentSizes): Promise<Content> {
  const layers = [sizes.mediumBlobBytes, sizes.smallBlobBytes].map((size) => {
    const layer = makeContent(MEDIA_TYPES.oci.none, noise(size, size));
    return { ...layer, diffId: layer.digest };
  });
  const [medium, small] = layers.map(({ digest }) => digest);
  if (medium === undefined || small === undefined) throw new Error("An image has two layers");
  const pulled = await createLargeFile(`${directory}/pulled`, sizes.largeBlobBytes);
  const partBytes = sizes.largeBlobBytes / sizes.parts;
  const parts: LargeFile[] = [];
  for (let index = 0; index < sizes.parts; index++) {
    parts.push(await createLargeFile(`${directory}/part${index}`, partBytes));
  }
  const pushed = { ...pulled, path: `${directory}/pushed` };
  await Deno.copyFile(pulled.path, pushed.path);
  return {
    image: makeImage("oci", "amd64", layers),
    smallBlob: small,
    mediumBlob: medium,
    pulled,
    pushed,
    parts,
  };
}

async function createLargeFile(path: string, bytes: number): Promise<LargeFile> {
  using file = await Deno.open(path, { write: true, createNew: true });
  const digest = new RunningDigest("sha256");
  const piece = noise(bytes, PIECE_BYTES);
  for (let size = 0; size < bytes; size += PIECE_BYTES) {
    // A clever disk might save space on pieces that are all the same.
    new DataView(piece.buffer).setUint32(0, size / PIECE_BYTES);
    digest.update(piece);
    for (let done = 0; done < piece.length;) done += await file.write(piece.subarray(done));
  }
  return { path, size: bytes, digest: digest.current() };
}

/**
 * Makes a large file differ from all that any server has seen, by new bytes at its start. The same memory and disk
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
 * again to see that the server gives the right bytes. Servers of files get it as files.
 */
export async function publishContent(
  content: Content,
  { contender, server }: Subject,
  curl: string | null,
): Promise<void> {
  const registry = new RegistryClient(server.url);
  if (contender.servesFiles === true) await publishFiles(content, `${server.root}/${STATIC_FILES}`);
  else {
    await registry.pushImage(REPOSITORY, content.image, TAG);
    if (curl !== null) {
      await curlPush(curl, { base: server.url, repository: REPOSITORY, ...content.pulled });
    }
  }
  const pushed = [content.smallBlob, content.mediumBlob];
  for (const digest of curl === null ? pushed : [...pushed, content.pulled.digest]) {
    const pulled = await registry.pullDigest(REPOSITORY, digest);
    if (pulled !== digest) throw new Error(`${server.url} gave ${pulled} in place of ${digest}`);
  }
}

async function publishFiles({ image, pulled }: Content, root: string): Promise<void> {
  const repository = `${root}/v2/${REPOSITORY}`;
  for (const directory of ["blobs", "manifests"]) {
    await Deno.mkdir(`${repository}/${directory}`, { recursive: true });
  }
  for (const { digest, bytes } of blobsOf(image)) {
    await Deno.writeFile(`${repository}/blobs/${digest}`, bytes);
  }
  for (const reference of [TAG, image.manifest.digest]) {
    await Deno.writeFile(`${repository}/manifests/${reference}`, image.manifest.bytes);
  }
  await Deno.link(pulled.path, `${repository}/blobs/${pulled.digest}`);
}
