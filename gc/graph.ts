/**
 * What a manifest needs.
 *
 * @module
 */

import type { Digest } from "../storage/digest.ts";
import { digestsNamed, readManifest } from "../storage/manifest.ts";

/** The edges that lead out of a manifest. */
export interface ManifestEdges {
  readonly config: Digest | null;
  readonly layers: readonly Digest[];
  /** Manifests that it lists. */
  readonly children: readonly Digest[];
  /** The manifest that it refers to, which needs it and not the other way round. */
  readonly subject: Digest | null;
  /** Whatever it names beyond that: of a media type that is not known, everything has to be kept. */
  readonly named: readonly Digest[];
}

/** Reads the edges of a manifest; `null` when the bytes are no manifest, so that nobody knows what it needs. */
export function edgesOf(bytes: Uint8Array): ManifestEdges | null {
  const content = readManifest(bytes);
  if (content === null) return null;
  return {
    config: content.config?.digest ?? null,
    layers: content.layers.map((layer) => layer.digest),
    children: content.manifests.map((child) => child.digest),
    subject: content.subject?.digest ?? null,
    named: content.kind === "unknown" ? digestsNamed(bytes) : [],
  };
}
