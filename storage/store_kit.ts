/**
 * What the tests of the stores are made of: stores over a memory, content to push, and a look at what was written.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { ByteStream } from "./piece_reader.ts";
import { textBytes } from "./contract/bytes.ts";
import { CANONICAL_ALGORITHM, type Digest, type DigestAlgorithm, digestBytes } from "./digest.ts";
import type { StorageDriver, StoragePath } from "./driver.ts";
import { StorageError } from "./errors.ts";
import { type FaultPlan, FaultyDriver, type FaultyOperation } from "./faulty_driver.ts";
import { FilesystemDriver } from "./filesystem.ts";
import { storeRoot } from "./layout.ts";
import { OCI_IMAGE, OCI_INDEX } from "./manifest.ts";
import type { ManifestPut } from "./manifests.ts";
import { parseRepositoryName, parseTag, type RepositoryName, type Tag } from "./names.ts";
import type { Store } from "./store.ts";
import type { UploadOutcome } from "./uploads.ts";

/** A repository name that is known to be good. */
export function repository(text: string): RepositoryName {
  const name = parseRepositoryName(text);
  assert(name !== null, `"${text}" must be a repository name`);
  return name;
}

/** A tag that is known to be good. */
export function tagOf(text: string): Tag {
  const tag = parseTag(text);
  assert(tag !== null, `"${text}" must be a tag`);
  return tag;
}

/** The digest of a text. */
export function digestOf(text: string, algorithm: DigestAlgorithm = CANONICAL_ALGORITHM): Digest {
  return digestBytes(textBytes(text), algorithm);
}

/** A body that comes in these pieces, and then ends or fails. */
export function bodyOf(pieces: readonly Uint8Array[], failure: Error | null = null): ByteStream {
  const left = [...pieces];
  return new ReadableStream({
    pull(controller): void {
      const piece = left.shift();
      if (piece !== undefined) controller.enqueue(piece);
      else if (failure === null) controller.close();
      else controller.error(failure);
    },
  });
}

/** What an upload's step came to; fails when it could not be done. */
export function valueOf<T>(outcome: UploadOutcome<T>): T {
  assert(outcome.kind === "done", `the outcome is "${outcome.kind}"`);
  return outcome.value;
}

/** Pushes a blob in one piece, and returns its digest. */
export async function pushBlob(
  store: Store,
  name: RepositoryName,
  bytes: Uint8Array,
  algorithm: DigestAlgorithm = CANONICAL_ALGORITHM,
): Promise<Digest> {
  const digest = digestBytes(bytes, algorithm);
  const id = await store.uploads.start(name, algorithm);
  const body = bodyOf([bytes]);
  const blob = valueOf(await store.uploads.finish(name, id, digest, { body, start: null }));
  assertEquals(blob?.digest, digest);
  return digest;
}

export interface ImageOptions {
  readonly subject?: Digest;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly tags?: readonly Tag[];
}

/** An image with a config and a layer of these texts, as a manifest to put. */
export function imageOf(
  config: string,
  layer: string,
  { subject, annotations, tags }: ImageOptions = {},
): ManifestPut {
  const blobs = [digestOf(config), digestOf(layer)];
  const bytes = textBytes(JSON.stringify({
    schemaVersion: 2,
    mediaType: OCI_IMAGE,
    config: {
      mediaType: "application/vnd.oci.image.config.v1+json",
      digest: blobs[0],
      size: config.length,
    },
    layers: [{
      mediaType: "application/vnd.oci.image.layer.v1.tar+gzip",
      digest: blobs[1],
      size: layer.length,
    }],
    ...(subject === undefined ? {} : { subject: descriptorOf(subject) }),
    ...(annotations === undefined ? {} : { annotations }),
  }));
  const digest = digestBytes(bytes, CANONICAL_ALGORITHM);
  return { digest, bytes, blobs, manifests: [], subject: subject ?? null, tags: tags ?? [] };
}

/** An index of manifests, as a manifest to put. */
export function indexOf(manifests: readonly Digest[], tags: readonly Tag[] = []): ManifestPut {
  const bytes = textBytes(JSON.stringify({
    schemaVersion: 2,
    mediaType: OCI_INDEX,
    manifests: manifests.map(descriptorOf),
  }));
  const digest = digestBytes(bytes, CANONICAL_ALGORITHM);
  return { digest, bytes, blobs: [], manifests, subject: null, tags };
}

function descriptorOf(digest: Digest): Record<string, unknown> {
  return { mediaType: OCI_IMAGE, digest, size: 1 };
}

/** Pushes an image with its blobs, and returns its manifest. */
export async function pushImage(
  store: Store,
  name: RepositoryName,
  text: string,
  options: ImageOptions = {},
): Promise<ManifestPut> {
  const [config, layer] = [`config of ${text}`, `layer of ${text}`];
  await pushBlob(store, name, textBytes(config));
  await pushBlob(store, name, textBytes(layer));
  const image = imageOf(config, layer, options);
  assertEquals(await store.manifests.put(name, image), []);
  return image;
}

/** Every file of a store with its text, by its path below the directory that makes it a store. */
export async function filesOf(driver: StorageDriver): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const path of await pathsBelow(driver, storeRoot)) {
    const content = await driver.get(path, Number.MAX_SAFE_INTEGER);
    files[path.slice(storeRoot.length + 1)] = new TextDecoder().decode(content ?? undefined);
  }
  return files;
}

async function pathsBelow(driver: StorageDriver, directory: StoragePath): Promise<StoragePath[]> {
  const paths: StoragePath[] = [];
  for (const name of await driver.list(directory)) {
    const path = `${directory}/${name}` as StoragePath;
    const info = await driver.stat(path);
    paths.push(...info?.isDirectory === true ? await pathsBelow(driver, path) : [path]);
  }
  return paths;
}

/** A path below the directory that makes a directory a store, for files that berth would not write. */
export function foreignPath(text: string): StoragePath {
  return `${storeRoot}/${text}` as StoragePath;
}

/** Writes files as another program would. */
export async function writeFiles(
  driver: StorageDriver,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await driver.put(foreignPath(path), textBytes(text));
  }
}

/** Operations that change what is on disk. */
const WRITES: ReadonlySet<FaultyOperation> = new Set(
  [
    "put",
    "append",
    "writer.write",
    "writer.sync",
    "move",
    "touch",
    "remove",
    "removeAll",
    "prune",
  ] as const,
);

/** Decides by its number, from 0, whether an operation fails, and how. */
export type NumberedFault = (index: number) => StorageError | null;

/** Notes the operations that pass through a driver, and fails some by their number. */
export class Recorder {
  readonly driver: StorageDriver;
  /** Operation and path, below the directory that makes it a store, of those that were let through. */
  readonly operations: string[] = [];
  /** How many operations were asked for. */
  asked = 0;
  readonly #fault: NumberedFault;

  constructor(driver: StorageDriver, fault: NumberedFault = () => null) {
    this.#fault = fault;
    this.driver = new FaultyDriver(driver, this.#plan);
  }

  /** The changes so far, in their order. */
  get writes(): readonly string[] {
    return this.operations.filter((operation) =>
      WRITES.has(operation.slice(0, operation.indexOf(" ")) as FaultyOperation)
    );
  }

  readonly #plan: FaultPlan = (operation, path) => {
    const error = this.#fault(this.asked++);
    if (error === null) this.operations.push(`${operation} ${path.slice(storeRoot.length + 1)}`);
    return error;
  };
}

/** Runs a function with a driver over a temporary directory. */
export async function withDirectory<T>(
  body: (driver: FilesystemDriver, root: string) => Promise<T>,
): Promise<T> {
  const root = await Deno.makeTempDir({ prefix: "berth_stores_" });
  try {
    return await body(new FilesystemDriver(root), root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}
