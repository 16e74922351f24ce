/**
 * Every media type that the protocol knows, the manifests' in one table.
 *
 * @module
 */

import {
  DOCKER_IMAGE,
  DOCKER_INDEX,
  MANIFEST_KINDS,
  type ManifestKind,
  type ManifestMediaType,
  OCI_IMAGE,
  OCI_INDEX,
} from "../storage/manifest.ts";

export { DOCKER_IMAGE, DOCKER_INDEX, OCI_IMAGE, OCI_INDEX };

export const JSON_UTF8 = "application/json; charset=utf-8";
export const PLAIN_TEXT = "text/plain; charset=utf-8";
export const OCTET_STREAM = "application/octet-stream";
export const OCI_CONFIG = "application/vnd.oci.image.config.v1+json";
export const DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json";
export const DOCKER_PLUGIN_CONFIG = "application/vnd.docker.plugin.v1+json";

/**
 * When a manifest is handed out:
 *
 * - `always`: whatever the client accepts, unless it refuses the type by name
 * - `listed`: when the client accepts it, as distribution does for OCI
 * - `by-tag-fallback`: when the client accepts it or asks by digest; by tag the child for the default platform
 *   takes its place
 */
export type Negotiated = "always" | "listed" | "by-tag-fallback";

/** What the protocol asks of one media type of manifests. */
export interface ManifestType {
  readonly mediaType: ManifestMediaType;
  readonly kind: ManifestKind;
  readonly negotiated: Negotiated;
  /** Whether the document has to declare its `mediaType`; where not, its shape may tell. */
  readonly isDeclared: boolean;
}

/** The manifests that can be pushed: OCI image spec, Docker image manifest version 2 schema 2. */
export const MANIFEST_TYPES: readonly ManifestType[] = [
  {
    mediaType: DOCKER_IMAGE,
    kind: MANIFEST_KINDS[DOCKER_IMAGE],
    negotiated: "always",
    isDeclared: true,
  },
  {
    mediaType: DOCKER_INDEX,
    kind: MANIFEST_KINDS[DOCKER_INDEX],
    negotiated: "by-tag-fallback",
    isDeclared: true,
  },
  {
    mediaType: OCI_IMAGE,
    kind: MANIFEST_KINDS[OCI_IMAGE],
    negotiated: "listed",
    isDeclared: false,
  },
  {
    mediaType: OCI_INDEX,
    kind: MANIFEST_KINDS[OCI_INDEX],
    negotiated: "listed",
    isDeclared: false,
  },
];

const TYPES_BY_NAME: ReadonlyMap<string, ManifestType> = new Map(
  MANIFEST_TYPES.map((type) => [type.mediaType, type]),
);

/** The row of a media type; `null` for a media type that is no manifest's. */
export function manifestType(mediaType: string): ManifestType | null {
  return TYPES_BY_NAME.get(mediaType) ?? null;
}

/** Layers that a registry need not have, because clients fetch them from elsewhere (retired in OCI 1.1). */
const FOREIGN_LAYER_TYPES: ReadonlySet<string> = new Set([
  "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
  "application/vnd.docker.image.rootfs.foreign.diff.tar",
  "application/vnd.oci.image.layer.nondistributable.v1.tar",
  "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
  "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd",
]);

/** Tells whether a media type is that of a foreign (Docker) or non-distributable (OCI) layer. */
export function isForeignLayerType(mediaType: string): boolean {
  return FOREIGN_LAYER_TYPES.has(mediaType);
}

/** The media type in a `Content-Type`: lower case, without parameters; `null` when there is none. */
export function parseMediaType(header: string | null): string | null {
  const mediaType = (header ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
  return mediaType === "" ? null : mediaType;
}
