/**
 * Where everything is kept: the layout of distribution, and the only file that spells a path.
 *
 * ```text
 * <root>/docker/registry/v2/
 *   blobs/<algorithm>/<first two hex>/<hex>/data     bytes of a layer, a config or a manifest
 *   repositories/<name>/
 *     _layers/<algorithm>/<hex>/link                 the repository may read this blob
 *     _manifests/
 *       revisions/<algorithm>/<hex>/link             the repository has this manifest
 *       tags/<tag>/current/link                      the manifest that the tag names
 *       tags/<tag>/index/<algorithm>/<hex>/link      every manifest that the tag ever named
 *     _uploads/<uuid>/data                           the bytes so far
 *     _uploads/<uuid>/startedat                      when the upload began
 *     _referrers/<algorithm>/<subject hex>/<algorithm>/<hex>/link   manifests with this subject   (berth only)
 *     _referrers/indexed                             how far the index above reaches              (berth only)
 *   _gate/{gate,turnstile,collector}                 empty; commits and collection lock them      (berth only)
 *   _staging/<uuid>                                  small files on their way to their place      (berth only)
 *   _quarantine/<algorithm>/<hex>                    bytes that are not what their digest says     (berth only)
 *   _events/lock                                     empty; held while events are appended         (berth only)
 *   _events/log/<number>                             events from this number on, one on each line  (berth only)
 *   _events/endpoints/<id>/{lock,position}           who delivers to a listener, and how far       (berth only)
 * ```
 *
 * A `link` holds a digest in ASCII without a newline; `startedat` a time as `2026-11-20T17:22:00Z`. What only
 * berth writes begins with `_`, which distribution passes over.
 *
 * @module
 */

import {
  type Digest,
  DIGEST_ALGORITHMS,
  digestAlgorithm,
  digestHex,
  parseDigest,
} from "./digest.ts";
import type { StoragePath } from "./driver.ts";
import {
  type EndpointId,
  parseTag,
  type RepositoryName,
  type Tag,
  type UploadId,
} from "./names.ts";

const ROOT = "docker/registry/v2";

/** Two characters of the hex spread the blobs over 256 directories. */
const SHARD_CHARACTERS = 2;

function path(text: string): StoragePath {
  return text as StoragePath;
}

function algorithmAndHex(digest: Digest): string {
  return `${digestAlgorithm(digest)}/${digestHex(digest)}`;
}

/** The directory that makes a directory a store. */
export const storeRoot: StoragePath = path(ROOT);
export const repositoriesRoot: StoragePath = path(`${ROOT}/repositories`);
export const blobsRoot: StoragePath = path(`${ROOT}/blobs`);
export const gateLock: StoragePath = path(`${ROOT}/_gate/gate`);
/** Where small files are written before they are moved to their place. */
export const stagingDirectory: StoragePath = path(`${ROOT}/_staging`);
export const gateCollector: StoragePath = path(`${ROOT}/_gate/collector`);
export const gateTurnstile: StoragePath = path(`${ROOT}/_gate/turnstile`);

export const eventsLock: StoragePath = path(`${ROOT}/_events/lock`);
export const eventLogDirectory: StoragePath = path(`${ROOT}/_events/log`);
export const eventEndpointsDirectory: StoragePath = path(`${ROOT}/_events/endpoints`);

/** Digits of a segment's name, so that names sort as numbers do. */
const SEGMENT_DIGITS = 16;
const SEGMENT_REGEXP = /^\d{16}$/;

/** The file of the events from this number on. */
export function eventSegment(first: number): StoragePath {
  return path(`${eventLogDirectory}/${String(first).padStart(SEGMENT_DIGITS, "0")}`);
}

/** The number of the first event in the file of this name; `null` for a foreign name. */
export function eventSegmentFromName(name: string): number | null {
  return SEGMENT_REGEXP.test(name) ? Number(name) : null;
}

export function eventEndpointDirectory(id: EndpointId): StoragePath {
  return path(`${eventEndpointsDirectory}/${id}`);
}

export function eventEndpointLock(id: EndpointId): StoragePath {
  return path(`${eventEndpointDirectory(id)}/lock`);
}

export function eventEndpointPosition(id: EndpointId): StoragePath {
  return path(`${eventEndpointDirectory(id)}/position`);
}

/** The blobs of one algorithm, in directories of the first two characters of their hex. */
export function blobsOf(algorithm: string): StoragePath {
  return path(`${ROOT}/blobs/${algorithm}`);
}

/** The directory of one blob, which is what collection removes. */
export function blobDirectory(digest: Digest): StoragePath {
  const hex = digestHex(digest);
  return path(
    `${ROOT}/blobs/${digestAlgorithm(digest)}/${hex.slice(0, SHARD_CHARACTERS)}/${hex}`,
  );
}

export function blobData(digest: Digest): StoragePath {
  return path(`${blobDirectory(digest)}/data`);
}

/** Where damaged bytes are moved, out of the way of the next push. */
export function quarantinedBlob(digest: Digest): StoragePath {
  return path(`${ROOT}/_quarantine/${algorithmAndHex(digest)}`);
}

export function repositoryDirectory(name: RepositoryName): StoragePath {
  return path(`${ROOT}/repositories/${name}`);
}

/** The directories of a repository that stand empty when it holds nothing, the innermost first. */
export function skeletonOf(name: RepositoryName): readonly StoragePath[] {
  const repository = repositoryDirectory(name);
  const algorithms = Object.keys(DIGEST_ALGORITHMS);
  return [
    ...algorithms.map((algorithm) => path(`${repository}/_layers/${algorithm}`)),
    ...algorithms.map((algorithm) => path(`${repository}/_manifests/revisions/${algorithm}`)),
    path(`${repository}/_layers`),
    path(`${repository}/_manifests/revisions`),
    path(`${repository}/_manifests/tags`),
    path(`${repository}/_manifests`),
    path(`${repository}/_uploads`),
    path(`${repository}/_referrers`),
  ];
}

/** The directory of all repositories whose names begin with a prefix: `""`, or components with a `/` after each. */
export function repositoryPrefix(prefix: string): StoragePath {
  return path(`${ROOT}/repositories/${prefix}`.slice(0, -1));
}

export function layersDirectory(name: RepositoryName): StoragePath {
  return path(`${ROOT}/repositories/${name}/_layers`);
}

export function layersOf(name: RepositoryName, algorithm: string): StoragePath {
  return path(`${ROOT}/repositories/${name}/_layers/${algorithm}`);
}

export function layerDirectory(name: RepositoryName, digest: Digest): StoragePath {
  return path(`${ROOT}/repositories/${name}/_layers/${algorithmAndHex(digest)}`);
}

export function layerLink(name: RepositoryName, digest: Digest): StoragePath {
  return path(`${layerDirectory(name, digest)}/link`);
}

export function revisionsDirectory(name: RepositoryName): StoragePath {
  return path(`${ROOT}/repositories/${name}/_manifests/revisions`);
}

export function revisionsOf(name: RepositoryName, algorithm: string): StoragePath {
  return path(`${ROOT}/repositories/${name}/_manifests/revisions/${algorithm}`);
}

export function revisionDirectory(name: RepositoryName, digest: Digest): StoragePath {
  return path(`${ROOT}/repositories/${name}/_manifests/revisions/${algorithmAndHex(digest)}`);
}

export function revisionLink(name: RepositoryName, digest: Digest): StoragePath {
  return path(`${revisionDirectory(name, digest)}/link`);
}

export function manifestsDirectory(name: RepositoryName): StoragePath {
  return path(`${ROOT}/repositories/${name}/_manifests`);
}

export function tagsDirectory(name: RepositoryName): StoragePath {
  return path(`${ROOT}/repositories/${name}/_manifests/tags`);
}

export function tagDirectory(name: RepositoryName, tag: Tag): StoragePath {
  return path(`${ROOT}/repositories/${name}/_manifests/tags/${tag}`);
}

export function tagCurrentLink(name: RepositoryName, tag: Tag): StoragePath {
  return path(`${ROOT}/repositories/${name}/_manifests/tags/${tag}/current/link`);
}

export function tagIndexDirectory(name: RepositoryName, tag: Tag): StoragePath {
  return path(`${ROOT}/repositories/${name}/_manifests/tags/${tag}/index`);
}

export function tagIndexEntry(name: RepositoryName, tag: Tag, digest: Digest): StoragePath {
  return path(`${tagIndexDirectory(name, tag)}/${algorithmAndHex(digest)}`);
}

export function tagIndexLink(name: RepositoryName, tag: Tag, digest: Digest): StoragePath {
  return path(`${tagIndexEntry(name, tag, digest)}/link`);
}

export function uploadsDirectory(name: RepositoryName): StoragePath {
  return path(`${ROOT}/repositories/${name}/_uploads`);
}

export function uploadDirectory(name: RepositoryName, id: UploadId): StoragePath {
  return path(`${ROOT}/repositories/${name}/_uploads/${id}`);
}

export function uploadData(name: RepositoryName, id: UploadId): StoragePath {
  return path(`${ROOT}/repositories/${name}/_uploads/${id}/data`);
}

export function uploadStartedAt(name: RepositoryName, id: UploadId): StoragePath {
  return path(`${ROOT}/repositories/${name}/_uploads/${id}/startedat`);
}

export function referrersDirectory(name: RepositoryName): StoragePath {
  return path(`${ROOT}/repositories/${name}/_referrers`);
}

/** The directory of all referrers of one subject, with an algorithm level below it. */
export function referrersOf(name: RepositoryName, subject: Digest): StoragePath {
  return path(`${ROOT}/repositories/${name}/_referrers/${algorithmAndHex(subject)}`);
}

/** The referrers of one subject whose own digests are of one algorithm. */
export function referrersOfAlgorithm(
  name: RepositoryName,
  subject: Digest,
  algorithm: string,
): StoragePath {
  return path(`${referrersOf(name, subject)}/${algorithm}`);
}

export function referrerDirectory(
  name: RepositoryName,
  subject: Digest,
  manifest: Digest,
): StoragePath {
  return path(`${referrersOf(name, subject)}/${algorithmAndHex(manifest)}`);
}

export function referrerLink(
  name: RepositoryName,
  subject: Digest,
  manifest: Digest,
): StoragePath {
  return path(`${referrerDirectory(name, subject, manifest)}/link`);
}

export function referrersIndexed(name: RepositoryName): StoragePath {
  return path(`${ROOT}/repositories/${name}/_referrers/indexed`);
}

const encoder = new TextEncoder();
// The byte order mark stays, so that a link that begins with one is junk for berth as it is for distribution.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

const TIME_REGEXP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

/** The bytes of a `link`. */
export function encodeLink(digest: Digest): Uint8Array<ArrayBuffer> {
  return encoder.encode(digest);
}

/** Reads a `link`; `null` when it is empty, truncated or junk, which the layout treats as no link at all. */
export function decodeLink(content: Uint8Array): Digest | null {
  return parseDigest(decoder.decode(content));
}

/** The bytes of `startedat`: RFC 3339, UTC, whole seconds. */
export function encodeTime(timeMs: number): Uint8Array<ArrayBuffer> {
  return encoder.encode(`${new Date(timeMs).toISOString().slice(0, 19)}Z`);
}

/** Reads `startedat` as milliseconds since 1970; `null` when it is no time of RFC 3339, as when it is truncated. */
export function decodeTime(content: Uint8Array): number | null {
  const text = decoder.decode(content);
  if (!TIME_REGEXP.test(text)) return null;
  const timeMs = Date.parse(text);
  return Number.isNaN(timeMs) ? null : timeMs;
}

/** One level below a directory, for a name that a listing of it gave. */
export function below(directory: StoragePath, name: string): StoragePath {
  return path(`${directory}/${name}`);
}

/** The digest that a directory name below an algorithm level stands for; `null` for a foreign name. */
export function digestFromNames(algorithm: string, hex: string): Digest | null {
  return parseDigest(`${algorithm}:${hex}`);
}

/** The tag that a directory name below `tags` stands for; `null` for a foreign name. */
export function tagFromName(name: string): Tag | null {
  return parseTag(name);
}
