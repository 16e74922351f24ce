/**
 * Writes stores of any size straight into files, for benchmarks of collection. The same shape gives the same bytes.
 *
 * @module
 */

import type { Digest } from "../../storage/digest.ts";
import {
  blobData,
  layerLink,
  revisionLink,
  tagCurrentLink,
  tagIndexLink,
} from "../../storage/layout.ts";
import type { RepositoryName } from "../../storage/names.ts";
import { describe, makeContent, makeDocument, MEDIA_TYPES } from "../images.ts";
import { repositoryNamed, StoreFiles, tagNamed } from "./store_files.ts";

/** The shape of a store. */
export interface StoreShape {
  readonly repositories: number;
  /** Of each repository. Every other one has a tag. */
  readonly manifests: number;
  /** Of each manifest, which no other has; one layer more is shared by the whole repository. */
  readonly layers: number;
  /** Blobs of each repository that no manifest needs. */
  readonly orphans: number;
}

/** What a store of a shape has in it, and what a collection with `-m` has to remove. */
export interface StoreCounts {
  readonly blobs: number;
  readonly manifests: number;
  readonly deadBlobs: number;
  readonly deadManifests: number;
}

/** Files of a store that was written, for those who do what a collection has to do and nothing else. */
export interface WrittenStore {
  /** The bytes of all manifests. */
  readonly manifests: string[];
  /** Links that no manifest with a tag needs. */
  readonly deadLinks: string[];
  /** The bytes of blobs that no manifest with a tag needs, manifests among them. */
  readonly deadBlobs: string[];
}

/** Bytes of each layer. They are a hole in the file: no disk is spent on them. */
const LAYER_BYTES = 1_000;

/** Counts what {@linkcode writeStore} writes. */
export function countsOf({ repositories, manifests, layers, orphans }: StoreShape): StoreCounts {
  const dead = Math.floor(manifests / 2);
  const blobsOfManifest = layers + 2;
  return {
    blobs: repositories * (manifests * blobsOfManifest + 1 + orphans),
    manifests: repositories * manifests,
    deadBlobs: repositories * (dead * blobsOfManifest + orphans),
    deadManifests: repositories * dead,
  };
}

/** Writes a store into an empty directory. */
export function writeStore(root: string, shape: StoreShape): WrittenStore {
  const files = new StoreFiles(root);
  const written: WrittenStore = { manifests: [], deadLinks: [], deadBlobs: [] };
  for (let index = 0; index < shape.repositories; index++) {
    writeRepository(files, index, shape, written);
  }
  return written;
}

function writeRepository(
  files: StoreFiles,
  index: number,
  shape: StoreShape,
  written: WrittenStore,
): void {
  const name = repositoryName(index);
  const base = layerDigest(`${name} base`);
  files.hole(blobData(base), LAYER_BYTES);
  files.link(layerLink(name, base), base);
  for (let manifest = 0; manifest < shape.manifests; manifest++) {
    const layers = Array.from(
      { length: shape.layers },
      (_, layer) => layerDigest(`${name} ${manifest} ${layer}`),
    );
    for (const layer of layers) {
      files.hole(blobData(layer), LAYER_BYTES);
      files.link(layerLink(name, layer), layer);
    }
    const digests = writeManifest(files, name, manifest, [base, ...layers]);
    written.manifests.push(blobData(digests.manifest));
    if (isTagged(manifest)) continue;
    const blobs = [...layers, digests.config];
    written.deadLinks.push(revisionLink(name, digests.manifest));
    written.deadLinks.push(...blobs.map((digest) => layerLink(name, digest)));
    written.deadBlobs.push(...[...blobs, digests.manifest].map(blobData));
  }
  for (let orphan = 0; orphan < shape.orphans; orphan++) {
    const path = blobData(layerDigest(`${name} orphan ${orphan}`));
    files.hole(path, LAYER_BYTES);
    written.deadBlobs.push(path);
  }
}

function isTagged(manifest: number): boolean {
  return manifest % 2 === 0;
}

function writeManifest(
  files: StoreFiles,
  name: RepositoryName,
  index: number,
  layers: readonly Digest[],
): { readonly config: Digest; readonly manifest: Digest } {
  const types = MEDIA_TYPES.oci;
  const config = makeDocument(types.config, { os: "linux", name, index });
  const manifest = makeDocument(types.manifest, {
    schemaVersion: 2,
    mediaType: types.manifest,
    config: describe(config),
    layers: layers.map((digest) => ({ mediaType: types.gzip, digest, size: LAYER_BYTES })),
  });
  for (const { digest, bytes } of [config, manifest]) files.write(blobData(digest), bytes);
  files.link(layerLink(name, config.digest), config.digest);
  files.link(revisionLink(name, manifest.digest), manifest.digest);
  if (isTagged(index)) {
    const tag = tagNamed(`v${index}`);
    files.link(tagIndexLink(name, tag, manifest.digest), manifest.digest);
    files.link(tagCurrentLink(name, tag), manifest.digest);
  }
  return { config: config.digest, manifest: manifest.digest };
}

/** The name stands for the bytes, which nobody reads: only manifests are looked into. */
function layerDigest(name: string): Digest {
  return makeContent("", new TextEncoder().encode(name)).digest;
}

function repositoryName(index: number): RepositoryName {
  return repositoryNamed(`team-${index % 10}/app-${index}`);
}
