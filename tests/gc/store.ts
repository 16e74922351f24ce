/**
 * Stores written file by file, as clients of distribution leave them, and a look at what is left of them.
 *
 * @module
 */

import { walk } from "@std/fs";
import { type Digest, digestBytes } from "../../storage/digest.ts";
import {
  blobData,
  layerLink,
  revisionLink,
  storeRoot,
  tagCurrentLink,
  tagIndexLink,
  tagsDirectory,
  uploadData,
  uploadStartedAt,
} from "../../storage/layout.ts";
import type { UploadId } from "../../storage/names.ts";
import { repository, tagOf } from "../../storage/store_kit.ts";
import { type Content, describe, makeContent, makeDocument, MEDIA_TYPES } from "../images.ts";

const TYPES = MEDIA_TYPES.oci;

/** An image of a config and a layer. */
export interface StoredImage {
  readonly manifest: Digest;
  readonly config: Digest;
  readonly layer: Digest;
}

/** When everything in these stores was written: long before any collection began. */
const WRITTEN = new Date(Date.UTC(2020, 0, 1));

/** Writes a store below a directory. Names and texts give the same bytes on every run. */
export class StoreWriter {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
    Deno.mkdirSync(`${root}/${storeRoot}`, { recursive: true });
  }

  /** Writes a file at a path of the layout. */
  file(path: string, bytes: Uint8Array | string): void {
    const absolute = `${this.root}/${path}`;
    Deno.mkdirSync(absolute.slice(0, absolute.lastIndexOf("/")), { recursive: true });
    if (typeof bytes === "string") Deno.writeTextFileSync(absolute, bytes);
    else Deno.writeFileSync(absolute, bytes);
    Deno.utimeSync(absolute, WRITTEN, WRITTEN);
  }

  /** Gives a file the present time, as a push does that relies on it. */
  touch(path: string): void {
    const now = new Date();
    Deno.utimeSync(`${this.root}/${path}`, now, now);
  }

  /** Content that no repository links. */
  content(content: Content): Digest {
    this.file(blobData(content.digest), content.bytes);
    return content.digest;
  }

  /** A blob of a repository. */
  blob(name: string, text: string): Digest {
    const digest = this.content(makeContent(TYPES.none, new TextEncoder().encode(text)));
    this.file(layerLink(repository(name), digest), digest);
    return digest;
  }

  /** A blob that was pushed to distribution under its sha512, and is kept under its sha256. Returns both. */
  aliasedBlob(name: string, text: string): { readonly alias: Digest; readonly target: Digest } {
    const target = this.blob(name, text);
    const alias = digestBytes(new TextEncoder().encode(text), "sha512");
    this.file(layerLink(repository(name), alias), target);
    return { alias, target };
  }

  /** A manifest of a repository, with the tags that name it. */
  manifest(name: string, manifest: Content, tags: readonly string[] = []): Digest {
    const digest = this.content(manifest);
    this.file(revisionLink(repository(name), digest), digest);
    // Distribution takes a repository without this directory for one that does not exist.
    Deno.mkdirSync(`${this.root}/${tagsDirectory(repository(name))}`, { recursive: true });
    for (const tag of tags) this.tag(name, tag, digest);
    return digest;
  }

  /** Makes a tag name a manifest; what it named before stays in its history. */
  tag(name: string, tag: string, digest: Digest): void {
    this.file(tagIndexLink(repository(name), tagOf(tag), digest), digest);
    this.file(tagCurrentLink(repository(name), tagOf(tag)), digest);
  }

  /** An image whose bytes follow from a text. */
  image(
    name: string,
    text: string,
    tags: readonly string[] = [],
    subject: Digest | null = null,
  ): StoredImage {
    const config = this.blob(name, `config of ${text}`);
    const layer = this.blob(name, `layer of ${text}`);
    const manifest = this.manifest(name, imageDocument(config, layer, subject), tags);
    return { manifest, config, layer };
  }

  /** An index of manifests. */
  index(name: string, children: readonly Digest[], tags: readonly string[] = []): Digest {
    return this.manifest(name, indexDocument(children), tags);
  }

  /** An upload that nobody finished. */
  upload(name: string, id: string, text: string): void {
    const uploadId = id as UploadId;
    this.file(uploadData(repository(name), uploadId), text);
    this.file(uploadStartedAt(repository(name), uploadId), "2020-01-01T00:00:00Z");
  }

  /** Removes a file or a directory with all that is in it. */
  remove(path: string): void {
    Deno.removeSync(`${this.root}/${path}`, { recursive: true });
  }

  /** Removes the link of a manifest, as a client's DELETE does. */
  deleteManifest(name: string, digest: Digest): void {
    this.remove(revisionLink(repository(name), digest));
  }

  has(path: string): boolean {
    try {
      return Deno.lstatSync(`${this.root}/${path}`) !== null;
    } catch {
      return false;
    }
  }

  /** Whether the bytes of a digest are there. */
  hasContent(digest: Digest): boolean {
    return this.has(blobData(digest));
  }

  /** Whether a repository links a blob. */
  hasLink(name: string, digest: Digest): boolean {
    return this.has(layerLink(repository(name), digest));
  }

  /** Whether a repository has a manifest, with its bytes. */
  hasManifest(name: string, digest: Digest): boolean {
    return this.has(revisionLink(repository(name), digest)) && this.hasContent(digest);
  }

  /** Whether an image can be pulled: its manifest, its config and its layer are there and linked. */
  hasImage(name: string, { manifest, config, layer }: StoredImage): boolean {
    return this.hasManifest(name, manifest) &&
      [config, layer].every((digest) => this.hasLink(name, digest) && this.hasContent(digest));
  }
}

/** An OCI image manifest. */
export function imageDocument(config: Digest, layer: Digest, subject: Digest | null): Content {
  return makeDocument(TYPES.manifest, {
    schemaVersion: 2,
    mediaType: TYPES.manifest,
    config: { mediaType: TYPES.config, digest: config, size: 1 },
    layers: [{ mediaType: TYPES.none, digest: layer, size: 1 }],
    ...(subject === null
      ? {}
      : { subject: { mediaType: TYPES.manifest, digest: subject, size: 1 } }),
  });
}

/** An OCI index. */
export function indexDocument(children: readonly Digest[]): Content {
  return makeDocument(TYPES.index, {
    schemaVersion: 2,
    mediaType: TYPES.index,
    manifests: children.map((digest) => ({ mediaType: TYPES.manifest, digest, size: 1 })),
  });
}

/** A manifest of a media type that nobody knows, which names a digest somewhere. */
export function unknownDocument(named: Digest): Content {
  const mediaType = "application/vnd.example.unknown+json";
  const needs = describe({ ...makeContent(mediaType, new Uint8Array()), digest: named });
  return makeDocument(mediaType, { schemaVersion: 2, mediaType, deep: [{ needs }] });
}

/** Every file and directory below a root, files with their times: nothing that a collection may change is left out. */
export async function snapshot(root: string): Promise<readonly string[]> {
  const entries: string[] = [];
  for await (const { path, isFile } of walk(root)) {
    const { mtime, size } = await Deno.lstat(path);
    entries.push(`${path.slice(root.length)} ${isFile ? size : "/"} ${mtime?.getTime()}`);
  }
  return entries.sort();
}

/** Paths of the files of a store that both programs know, sorted: what begins with `_` is berth's own. */
export async function filesOf(root: string): Promise<readonly string[]> {
  const base = `${root}/${storeRoot}/`;
  const files: string[] = [];
  for await (const { path } of walk(base, { includeDirs: false })) {
    const name = path.slice(base.length);
    if (!name.startsWith("_")) files.push(name);
  }
  return files.sort();
}
