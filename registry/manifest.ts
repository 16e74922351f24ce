/**
 * What may be pushed as a manifest. Everything that a later reader could misunderstand is refused here, so that
 * all clients, distribution and collection see the same document.
 *
 * @module
 */

import { type Descriptor, isJsonObject, type JsonObject } from "../storage/descriptor.ts";
import {
  declaredMediaType,
  type ManifestContent,
  manifestContent,
  type ManifestKind,
  parseJson,
} from "../storage/manifest.ts";
import {
  clip,
  invalidManifest,
  requireDescriptor,
  requireDescriptors,
  requireManifestMembers,
  requireOptionalDescriptor,
} from "./manifest_fields.ts";
import {
  isForeignLayerType,
  MANIFEST_TYPES,
  type ManifestType,
  manifestType,
  OCTET_STREAM,
  parseMediaType,
} from "./media_types.ts";

/** A manifest that may be stored, once what it relies on is there. */
export interface ParsedManifest {
  readonly mediaType: string;
  readonly content: ManifestContent;
  /**
   * The config and the layers that have to be in the repository. Foreign layers do not, as clients fetch them from
   * elsewhere; `content.layers` has them all.
   */
  readonly blobs: readonly Descriptor[];
  /** The manifests that an index lists. */
  readonly children: readonly Descriptor[];
  /** Need not exist (OCI distribution spec, "Pushing Manifests"). */
  readonly subject: Descriptor | null;
}

/** The only version of image and index documents. */
const SCHEMA_VERSION = 2;

/** Content types that say nothing about a manifest; the last is what curl sends unasked. */
const UNTYPED: ReadonlySet<string> = new Set([
  "application/json",
  OCTET_STREAM,
  "text/plain",
  "application/x-www-form-urlencoded",
]);

/** Members that make a document one of the other kind, so that two readers could see two different things. */
const MEMBERS_OF_OTHERS: Readonly<Record<ManifestKind, readonly string[]>> = {
  image: ["manifests"],
  index: ["config", "layers"],
  unknown: [],
};

/**
 * Parses a manifest that a client pushes. Throws a `RegistryError`: `DIGEST_INVALID` where a digest is
 * malformed or of an algorithm that the store does not know, `MANIFEST_INVALID` for everything else.
 */
export function parseManifest(bytes: Uint8Array, contentType: string | null): ParsedManifest {
  const document = parseDocument(bytes);
  requireManifestMembers(document);
  const content = manifestContent(document);
  const type = requireType(document, content, parseMediaType(contentType));
  requireVersion(document);
  requireKind(document, type);
  requireReferences(document, type);
  return {
    mediaType: type.mediaType,
    content,
    blobs: requiredBlobs(content),
    children: content.manifests,
    subject: content.subject,
  };
}

function parseDocument(bytes: Uint8Array): JsonObject {
  const text = decodeText(bytes);
  if (text === null) throw invalidManifest("Cannot parse the manifest: it is not UTF-8");
  const document = parseJson(text);
  if (document === undefined) throw invalidManifest("Cannot parse the manifest: it is not JSON");
  if (isJsonObject(document)) return document;
  throw invalidManifest("Cannot parse the manifest: it is not a JSON object");
}

function decodeText(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/**
 * Settles what type a manifest is. The store keeps no content type, so the document alone has to say, now and
 * whenever it is read again, what the header says.
 */
function requireType(
  document: JsonObject,
  content: ManifestContent,
  contentType: string | null,
): ManifestType {
  const isUntyped = contentType === null || UNTYPED.has(contentType);
  const type = requireKnownType(isUntyped ? content.mediaType : contentType);
  const expected = type.mediaType;
  if (type.isDeclared && declaredMediaType(document) === null) {
    throw invalidManifest(`Cannot store the manifest: its mediaType has to be "${expected}"`, {
      field: "mediaType",
    });
  }
  const actual = requireKnownType(content.mediaType).mediaType;
  if (actual === expected) return type;
  throw invalidManifest(
    `Cannot store the manifest: Content-Type says "${expected}", the document is "${actual}"`,
    { contentType: expected, mediaType: actual },
  );
}

function requireKnownType(mediaType: string): ManifestType {
  const type = manifestType(mediaType);
  if (type !== null) return type;
  const problem = mediaType === ""
    ? "it does not say what it is"
    : `its type "${clip(mediaType)}" is not supported`;
  const known = MANIFEST_TYPES.map((row) => row.mediaType).join(", ");
  throw invalidManifest(
    `Cannot store the manifest: ${problem}; mediaType and Content-Type have to be one of ${known}`,
    { mediaType: clip(mediaType) },
  );
}

/** Distribution does not read a manifest back without it. */
function requireVersion(document: JsonObject): void {
  if (document.schemaVersion === SCHEMA_VERSION) return;
  throw invalidManifest(`Cannot store the manifest: schemaVersion has to be ${SCHEMA_VERSION}`, {
    field: "schemaVersion",
  });
}

function requireKind(document: JsonObject, type: ManifestType): void {
  const field = MEMBERS_OF_OTHERS[type.kind].find((name) => (document[name] ?? null) !== null);
  if (field === undefined) return;
  throw invalidManifest(
    `Cannot store the manifest: it is an ${type.kind} by its type, and must not have "${field}"`,
    { field },
  );
}

function requireReferences(document: JsonObject, type: ManifestType): void {
  requireOptionalDescriptor(document.subject, "subject");
  if (type.kind === "index") {
    requireDescriptors(document, "manifests");
  } else {
    requireDescriptor(document.config, "config");
    requireDescriptors(document, "layers");
  }
}

function requiredBlobs(content: ManifestContent): readonly Descriptor[] {
  const layers = content.layers.filter((layer) => !isForeignLayerType(layer.mediaType));
  return content.config === null ? layers : [content.config, ...layers];
}
