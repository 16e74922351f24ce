/**
 * Images for tests: layers as real tar archives, configs, manifests and indexes, and OCI image layouts on disk.
 *
 * @module
 */

import { gzipSync, zstdCompressSync } from "node:zlib";
import { type Digest, digestBytes, digestHex } from "../storage/digest.ts";
import { tarArchive, type TarFile } from "./tar.ts";

/** Bytes with the digest and the media type under which a registry is to know them. */
export interface Content {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A layer, and the digest of the archive before compression. */
export interface Layer extends Content {
  readonly diffId: Digest;
}

/** An image for one platform. */
export interface Image {
  readonly architecture: string;
  readonly manifest: Content;
  readonly config: Content;
  readonly layers: readonly Layer[];
}

/** An OCI index or a Docker manifest list. */
export interface Index {
  readonly manifest: Content;
  readonly images: readonly Image[];
}

export type ImageFormat = "oci" | "docker";
export type Compression = "none" | "gzip" | "zstd";

const COMPRESSORS: Readonly<Record<Compression, (bytes: Uint8Array) => Uint8Array>> = {
  none: (bytes) => bytes,
  gzip: (bytes) => gzipSync(bytes),
  zstd: (bytes) => zstdCompressSync(bytes),
};

/** The media types of each format (OCI image spec, "Media types"; Docker image manifest version 2, schema 2). */
export const MEDIA_TYPES = {
  oci: {
    index: "application/vnd.oci.image.index.v1+json",
    manifest: "application/vnd.oci.image.manifest.v1+json",
    config: "application/vnd.oci.image.config.v1+json",
    none: "application/vnd.oci.image.layer.v1.tar",
    gzip: "application/vnd.oci.image.layer.v1.tar+gzip",
    zstd: "application/vnd.oci.image.layer.v1.tar+zstd",
  },
  docker: {
    index: "application/vnd.docker.distribution.manifest.list.v2+json",
    manifest: "application/vnd.docker.distribution.manifest.v2+json",
    config: "application/vnd.docker.container.image.v1+json",
    none: "application/vnd.docker.image.rootfs.diff.tar",
    gzip: "application/vnd.docker.image.rootfs.diff.tar.gzip",
    zstd: "application/vnd.docker.image.rootfs.diff.tar.zstd",
  },
} as const satisfies Record<
  ImageFormat,
  Record<Compression | "index" | "manifest" | "config", string>
>;

/** Any bytes as content of a media type. */
export function makeContent(mediaType: string, bytes: Uint8Array<ArrayBuffer>): Content {
  return { mediaType, bytes, digest: digestBytes(bytes, "sha256") };
}

/** A JSON document as content of a media type. */
export function makeDocument(mediaType: string, document: unknown): Content {
  return makeContent(mediaType, new TextEncoder().encode(JSON.stringify(document)));
}

/** The descriptor of content (OCI image spec, "Content Descriptors"). */
export function describe(content: Content): { mediaType: string; digest: Digest; size: number } {
  return { mediaType: content.mediaType, digest: content.digest, size: content.bytes.length };
}

/** A layer that holds files. */
export function makeLayer(
  format: ImageFormat,
  compression: Compression,
  files: readonly TarFile[],
): Layer {
  const archive = tarArchive(files);
  const bytes = new Uint8Array(COMPRESSORS[compression](archive));
  return {
    ...makeContent(MEDIA_TYPES[format][compression], bytes),
    diffId: digestBytes(archive, "sha256"),
  };
}

/** An image for `linux` on one architecture. */
export function makeImage(
  format: ImageFormat,
  architecture: string,
  layers: readonly Layer[],
): Image {
  const types = MEDIA_TYPES[format];
  const config = makeDocument(types.config, {
    architecture,
    os: "linux",
    config: {},
    rootfs: { type: "layers", diff_ids: layers.map((layer) => layer.diffId) },
  });
  const manifest = makeDocument(types.manifest, {
    schemaVersion: 2,
    mediaType: types.manifest,
    config: describe(config),
    layers: layers.map(describe),
  });
  return { architecture, manifest, config, layers };
}

/** An index of images, one for each architecture. */
export function makeIndex(format: ImageFormat, images: readonly Image[]): Index {
  const mediaType = MEDIA_TYPES[format].index;
  const manifests = images.map((image) => ({
    ...describe(image.manifest),
    platform: { architecture: image.architecture, os: "linux" },
  }));
  return { images, manifest: makeDocument(mediaType, { schemaVersion: 2, mediaType, manifests }) };
}

/** The blobs that an image needs before its manifest can be pushed, each once. */
export function blobsOf(image: Image): Content[] {
  return distinct([image.config, ...image.layers]);
}

/** All that an index names, each once, in an order in which it can be pushed. */
export function contentsOf(index: Index): Content[] {
  return distinct(index.images.flatMap((image) => [...blobsOf(image), image.manifest]));
}

/** Writes an OCI image layout in which a tag names one manifest, with the other contents that it needs. */
export async function writeLayout(
  directory: string,
  tag: string,
  root: Content,
  contents: readonly Content[],
): Promise<void> {
  await Deno.mkdir(`${directory}/blobs/sha256`, { recursive: true });
  for (const content of [root, ...contents]) {
    await Deno.writeFile(`${directory}/blobs/sha256/${digestHex(content.digest)}`, content.bytes);
  }
  const entry = {
    ...describe(root),
    annotations: { "org.opencontainers.image.ref.name": tag },
  };
  await Deno.writeTextFile(`${directory}/oci-layout`, '{"imageLayoutVersion":"1.0.0"}');
  await Deno.writeTextFile(
    `${directory}/index.json`,
    JSON.stringify({ schemaVersion: 2, manifests: [entry] }),
  );
}

/** Bytes that look random and are the same on every run, so that compression cannot shrink them. */
export function noise(seed: number, sizeBytes: number): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(Math.ceil(sizeBytes / Uint32Array.BYTES_PER_ELEMENT));
  // Xorshift32 (Marsaglia 2003); a state of zero would stay zero.
  let state = (seed * 2654435761 + 1) >>> 0 || 1;
  for (let i = 0; i < words.length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[i] = state;
  }
  return new Uint8Array(words.buffer, 0, sizeBytes);
}

function distinct(contents: readonly Content[]): Content[] {
  return [...new Map(contents.map((content) => [content.digest, content])).values()];
}
