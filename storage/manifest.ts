/**
 * Reading manifests that are in the store already. Nothing here throws: collection and referrers have to live
 * with whatever was accepted once. What may be pushed is decided in `registry/manifest.ts`.
 *
 * @module
 */

import {
  type Descriptor,
  isJsonObject,
  type JsonObject,
  readAnnotations,
  readDescriptor,
} from "./descriptor.ts";
import { type Digest, DIGEST_ALGORITHMS, parseDigest } from "./digest.ts";

export const OCI_IMAGE = "application/vnd.oci.image.manifest.v1+json";
export const OCI_INDEX = "application/vnd.oci.image.index.v1+json";
/** The artifact manifest of the release candidates of OCI 1.1, retired before the release. */
export const OCI_ARTIFACT = "application/vnd.oci.artifact.manifest.v1+json";
export const DOCKER_IMAGE = "application/vnd.docker.distribution.manifest.v2+json";
export const DOCKER_INDEX = "application/vnd.docker.distribution.manifest.list.v2+json";

/** An image names blobs, an index names manifests; of an unknown manifest only {@linkcode digestsNamed} is known. */
export type ManifestKind = "image" | "index" | "unknown";

/** The kind of each media type that the store understands. */
export const MANIFEST_KINDS = {
  [OCI_IMAGE]: "image",
  [OCI_INDEX]: "index",
  [OCI_ARTIFACT]: "image",
  [DOCKER_IMAGE]: "image",
  [DOCKER_INDEX]: "index",
} as const satisfies Record<string, ManifestKind>;

/** A media type of a manifest that the store understands. */
export type ManifestMediaType = keyof typeof MANIFEST_KINDS;

/** What a manifest says. The lists hold what the document lists, whatever its kind; damaged entries are left out. */
export interface ManifestContent {
  /** As declared, else as the shape of an OCI image or index tells, else `""`. */
  readonly mediaType: string;
  readonly kind: ManifestKind;
  readonly config: Descriptor | null;
  /** The layers, or the `blobs` of a retired OCI artifact manifest. */
  readonly layers: readonly Descriptor[];
  readonly manifests: readonly Descriptor[];
  readonly subject: Descriptor | null;
  /** As declared; `""` counts as not declared. */
  readonly artifactType: string | null;
  readonly annotations: Readonly<Record<string, string>> | null;
}

// Distribution replaces bytes that are not UTF-8 when it reads a manifest, and so does the default decoder. The
// byte order mark stays, because JSON does not allow it.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

const DIGEST_REGEXP = new RegExp(`(?:${Object.keys(DIGEST_ALGORITHMS).join("|")}):[a-f0-9]+`, "g");

/** Tells whether the store understands manifests of this media type. */
export function isManifestMediaType(mediaType: string): mediaType is ManifestMediaType {
  return Object.hasOwn(MANIFEST_KINDS, mediaType);
}

/** Reads a manifest; `null` when the bytes are not a JSON object. */
export function readManifest(bytes: Uint8Array): ManifestContent | null {
  const document = parseJson(decoder.decode(bytes));
  return isJsonObject(document) ? manifestContent(document) : null;
}

/** Parses JSON; `undefined` when the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a manifest that is parsed already says. */
export function manifestContent(document: JsonObject): ManifestContent {
  const mediaType = declaredMediaType(document) ?? detectMediaType(document);
  return {
    mediaType,
    kind: isManifestMediaType(mediaType) ? MANIFEST_KINDS[mediaType] : "unknown",
    config: readDescriptor(document.config),
    layers: readDescriptors(mediaType === OCI_ARTIFACT ? document.blobs : document.layers),
    manifests: readDescriptors(document.manifests),
    subject: readDescriptor(document.subject),
    artifactType: declaredText(document.artifactType),
    annotations: readAnnotations(document.annotations),
  };
}

/** The `mediaType` that a document declares; `null` when it declares none. */
export function declaredMediaType(document: JsonObject): string | null {
  return declaredText(document.mediaType);
}

function declaredText(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

/** OCI documents may leave their media type out. The order is distribution's: an index is looked for first. */
function detectMediaType(document: JsonObject): string {
  if (Array.isArray(document.manifests)) return OCI_INDEX;
  if (isJsonObject(document.config) || Array.isArray(document.layers)) return OCI_IMAGE;
  return "";
}

function readDescriptors(value: unknown): readonly Descriptor[] {
  if (!Array.isArray(value)) return [];
  return value.map(readDescriptor).filter((descriptor) => descriptor !== null);
}

/**
 * Every digest that a document names anywhere: in a value, in a name, or inside a longer text. Collection keeps
 * all of them for a media type that it does not know. Bytes that are not JSON are searched as text.
 */
export function digestsNamed(bytes: Uint8Array): readonly Digest[] {
  const text = decoder.decode(bytes);
  const document = parseJson(text);
  const named = new Set<Digest>();
  for (const piece of document === undefined ? [text] : textsOf(document)) {
    for (const [match] of piece.matchAll(DIGEST_REGEXP)) {
      const digest = parseDigest(match);
      if (digest !== null) named.add(digest);
    }
  }
  return [...named];
}

/** All strings and names in a JSON value. A stack in place of recursion, as documents may be nested millions deep. */
function* textsOf(document: unknown): Generator<string> {
  const pending: unknown[] = [document];
  while (pending.length > 0) {
    const value = pending.pop();
    if (typeof value === "string") {
      yield value;
    } else if (Array.isArray(value)) {
      for (const item of value) pending.push(item);
    } else if (isJsonObject(value)) {
      for (const [name, member] of Object.entries(value)) pending.push(name, member);
    }
  }
}

/**
 * How the referrers API lists a manifest (OCI distribution spec, "Listing Referrers"): its own `artifactType`,
 * else the media type of an image's config, else none; and all of its annotations.
 */
export function referrerDescriptor(
  content: ManifestContent,
  digest: Digest,
  size: number,
): Descriptor {
  const configType = content.kind === "image" ? content.config?.mediaType ?? "" : "";
  const artifactType = content.artifactType ?? configType;
  return {
    mediaType: content.mediaType,
    digest,
    size,
    ...(artifactType === "" ? {} : { artifactType }),
    ...(content.annotations === null ? {} : { annotations: content.annotations }),
  };
}
