/**
 * The addresses that answers give to clients.
 *
 * @module
 */

import type { Digest } from "../storage/digest.ts";
import type { RepositoryName, UploadId } from "../storage/names.ts";

export function blobUrl(name: RepositoryName, digest: Digest): string {
  return `/v2/${name}/blobs/${digest}`;
}

export function manifestUrl(name: RepositoryName, digest: Digest): string {
  return `/v2/${name}/manifests/${digest}`;
}

export function uploadUrl(name: RepositoryName, id: UploadId): string {
  return `/v2/${name}/blobs/uploads/${id}`;
}

export function tagsUrl(name: RepositoryName): string {
  return `/v2/${name}/tags/list`;
}

export function referrersUrl(name: RepositoryName, subject: Digest): string {
  return `/v2/${name}/referrers/${subject}`;
}

export const CATALOG_URL = "/v2/_catalog";
