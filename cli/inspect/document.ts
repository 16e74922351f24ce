/**
 * Reads manifests and configs, which may be damaged.
 *
 * @module
 */

import { isJsonObject, type JsonObject } from "../../storage/descriptor.ts";
import { type Digest, digestAlgorithm, digestBytes } from "../../storage/digest.ts";
import { MANIFEST_BYTES_MAX } from "../../storage/limits.ts";
import { type ManifestContent, parseJson, readManifest } from "../../storage/manifest.ts";
import type { Store } from "../../storage/store.ts";

/** A manifest, or why there is none, in words that go on after "the manifest". */
export type Document =
  | { readonly content: ManifestContent; readonly size: number }
  | { readonly content: null; readonly problem: string };

/** Reads a manifest by the digest of its bytes. */
export async function readDocument(store: Store, digest: Digest): Promise<Document> {
  const bytes = await readBytes(store, digest);
  if (bytes === null) return { content: null, problem: "is missing, or too large for a manifest" };
  if (digestBytes(bytes, digestAlgorithm(digest)) !== digest) {
    return { content: null, problem: "has other bytes than its digest says" };
  }
  const content = readManifest(bytes);
  if (content === null) return { content: null, problem: "is not a JSON object" };
  return { content, size: bytes.length };
}

/** Reads the config of an image; `null` when it is missing, too large or no JSON object. */
export async function readConfig(store: Store, digest: Digest): Promise<JsonObject | null> {
  const bytes = await readBytes(store, digest);
  const config = bytes === null ? null : parseJson(new TextDecoder().decode(bytes));
  return isJsonObject(config) ? config : null;
}

async function readBytes(store: Store, digest: Digest): Promise<Uint8Array | null> {
  const blob = await store.blobs.statContent(digest);
  if (blob === null || blob.size > MANIFEST_BYTES_MAX) return null;
  return await store.blobs.readOnce(blob);
}
