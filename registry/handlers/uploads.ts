/**
 * Uploads: how blobs get into a repository.
 *
 * @module
 */

import {
  CANONICAL_ALGORITHM,
  type Digest,
  type DigestAlgorithm,
  digestAlgorithm,
  digestBytes,
  isDigestAlgorithm,
} from "../../storage/digest.ts";
import { StorageError } from "../../storage/errors.ts";
import { UPLOAD_CHUNK_BYTES_MIN } from "../../storage/limits.ts";
import { parseUploadId, type RepositoryName, type UploadId } from "../../storage/names.ts";
import type { UploadChunk, UploadOutcome } from "../../storage/uploads.ts";
import { pullOf } from "../auth/authorizer.ts";
import { type RequestContext, requireDigest, requireName } from "../context.ts";
import { RegistryError } from "../errors.ts";
import { parseContentRange } from "../ranges.ts";
import { type Answer, respond } from "../respond.ts";
import { whenFree } from "../when_free.ts";

/**
 * Begins an upload, or saves the client one: by a mount from another repository, or by taking the whole blob with
 * this one request (OCI distribution spec, "Pushing blobs").
 */
export async function startUpload(context: RequestContext): Promise<Answer> {
  const { name, query, store } = context;
  const mount = query.get("mount");
  if (mount !== null && await mountBlob(context, requireDigest(mount))) {
    return respondCreated(context, requireDigest(mount));
  }
  const digest = query.has("digest") ? requireDigest(query.get("digest") ?? "") : null;
  const id = await store.uploads.start(
    name,
    digest === null ? requireAlgorithm(query.get("digest-algorithm")) : digestAlgorithm(digest),
  );
  if (digest !== null && isWholeBlob(context.request, digest)) {
    return await finishSingle(context, id, digest);
  }
  return respond(202, {
    ...uploadHeaders(context, id, 0),
    "OCI-Chunk-Min-Length": `${UPLOAD_CHUNK_BYTES_MIN}`,
  });
}

/** Takes a chunk, or a stream of bytes. */
export async function appendUpload(context: RequestContext): Promise<Answer> {
  const { name, store } = context;
  const id = requireUploadId(context);
  const chunk = parseChunk(context);
  const size = settle(context, id, await goOn(() => store.uploads.append(name, id, chunk)));
  return respond(202, uploadHeaders(context, id, size));
}

/** Takes the last chunk, if there is one, and makes a blob of the upload. */
export async function finishUpload(context: RequestContext): Promise<Answer> {
  const { name, store } = context;
  const id = requireUploadId(context);
  const digest = requireDigest(context.query.get("digest") ?? "");
  const chunk = parseChunk(context);
  const blob = settle(
    context,
    id,
    await goOn(() => store.uploads.finish(name, id, digest, chunk)),
  );
  if (blob === null) throw digestMismatch(digest);
  await context.events?.blobPushed(context, digest, blob.size);
  return respondCreated(context, digest);
}

/** Tells how far an upload is, and where to go on. */
export async function getUpload(context: RequestContext): Promise<Answer> {
  const { name, store } = context;
  const id = requireUploadId(context);
  const upload = await store.uploads.stat(name, id);
  if (upload === null) throw uploadUnknown();
  return respond(204, uploadHeaders(context, id, upload.size));
}

/** Gives an upload up. */
export async function cancelUpload(context: RequestContext): Promise<Answer> {
  const id = requireUploadId(context);
  if (!await context.store.uploads.cancel(context.name, id)) throw uploadUnknown();
  return respond(204, { "Docker-Upload-UUID": id });
}

/** Links a blob that some repository has into this one; `false` when there is none to be found. */
async function mountBlob(context: RequestContext, digest: Digest): Promise<boolean> {
  const { name, query, store } = context;
  const from = query.get("from");
  const source = from === null || from === ""
    ? await findSource(context, digest)
    : requireName(from);
  const blob = source === null ? null : await store.blobs.mount(name, source, digest);
  if (source === null || blob === null) return false;
  await context.events?.blobMounted(context, blob, source);
  return true;
}

/** A repository that has the blob and that the caller may read, where none is named: this one, or any. */
async function findSource(
  { caller, name, store: { blobs, repositories } }: RequestContext,
  digest: Digest,
): Promise<RepositoryName | null> {
  if (await blobs.stat(name, digest) !== null) return name;
  // Most blobs that are asked for are new, and then no repository needs to be looked at.
  if (await blobs.statContent(digest) === null) return null;
  return await repositories.findLinking(digest, (other) => caller.may(pullOf(other)));
}

/** A POST with a digest is the whole push when it carries the blob, be it the empty one. */
function isWholeBlob(request: Request, digest: Digest): boolean {
  return request.body !== null && request.headers.get("Content-Length") !== "0" ||
    digest === digestBytes(new Uint8Array(), digestAlgorithm(digest));
}

async function finishSingle(
  context: RequestContext,
  id: UploadId,
  digest: Digest,
): Promise<Answer> {
  const { name, store } = context;
  try {
    const chunk = chunkOf(context, null);
    const blob = settle(context, id, await store.uploads.finish(name, id, digest, chunk));
    if (blob !== null) {
      await context.events?.blobPushed(context, digest, blob.size);
      return respondCreated(context, digest);
    }
  } catch (error) {
    // Nobody was told of this upload, so nobody could go on with it.
    await store.uploads.cancel(name, id);
    throw error;
  }
  throw digestMismatch(digest);
}

/** The bytes of a request, and where it says they begin. Throws when its headers contradict each other. */
function parseChunk(context: RequestContext): UploadChunk {
  const { request } = context;
  const header = request.headers.get("Content-Range");
  if (header === null) return chunkOf(context, null);
  const range = parseContentRange(header);
  if (range === null) {
    throw new RegistryError("RANGE_INVALID", {
      message: "Content-Range has the form <first>-<last>, both in bytes and inclusive",
      detail: { "Content-Range": header.slice(0, 200) },
    });
  }
  const expected = range.last - range.first + 1;
  const length = request.headers.get("Content-Length");
  if (length === null || Number(length) !== expected) {
    throw new RegistryError("SIZE_INVALID", {
      message: `Content-Range covers ${expected} bytes, Content-Length says ${length ?? "nothing"}`,
    });
  }
  return chunkOf(context, range.first);
}

/** Waits for other writers. An upload that is cancelled while it is written is as unknown as one that never was. */
async function goOn<T>(action: () => Promise<UploadOutcome<T>>): Promise<UploadOutcome<T>> {
  try {
    return await whenFree(action);
  } catch (error) {
    if (error instanceof StorageError && error.kind === "absent") return { kind: "unknown" };
    throw error;
  }
}

function chunkOf(
  { request, settings, received }: RequestContext,
  start: number | null,
): UploadChunk {
  const length = request.headers.get("Content-Length");
  const lengthBytes = length === null ? null : Number(length);
  const idleMs = settings.bodyIdleMs ?? 0;
  return { body: request.body, start, pieces: { lengthBytes, idleMs, received } };
}

/** What an upload came to, or the error that tells the client where it stands. */
function settle<T>(context: RequestContext, id: UploadId, outcome: UploadOutcome<T>): T {
  if (outcome.kind === "done") return outcome.value;
  if (outcome.kind === "unknown") throw uploadUnknown();
  throw new RegistryError("RANGE_INVALID", {
    message: outcome.kind === "busy"
      ? "another request is writing to this upload"
      : `the upload stands at ${outcome.size} bytes, and has to go on from there`,
    headers: uploadHeaders(context, id, outcome.size),
  });
}

function requireUploadId({ reference }: RequestContext): UploadId {
  const id = parseUploadId(reference);
  if (id === null) throw uploadUnknown();
  return id;
}

function requireAlgorithm(text: string | null): DigestAlgorithm {
  if (text === null || text === "") return CANONICAL_ALGORITHM;
  if (isDigestAlgorithm(text)) return text;
  throw new RegistryError("DIGEST_INVALID", {
    message: "the digest algorithm is not supported",
    detail: { "digest-algorithm": text.slice(0, 200) },
  });
}

function uploadUnknown(): RegistryError {
  return new RegistryError("BLOB_UPLOAD_UNKNOWN");
}

function digestMismatch(digest: Digest): RegistryError {
  return new RegistryError("DIGEST_INVALID", { detail: { expected: digest } });
}

function respondCreated({ name, urls }: RequestContext, digest: Digest): Answer {
  return respond(201, { Location: urls.blob(name, digest), "Docker-Content-Digest": digest });
}

/** The state of an upload. An empty one has the range of its first byte, as with distribution. */
function uploadHeaders(
  { name, urls }: RequestContext,
  id: UploadId,
  size: number,
): Record<string, string> {
  return {
    Location: urls.upload(name, id),
    Range: `0-${Math.max(0, size - 1)}`,
    "Docker-Upload-UUID": id,
  };
}
