/**
 * Blobs: reading and deleting them.
 *
 * @module
 */

import { after, type Awaitable } from "../../storage/awaitable.ts";
import type { Blob, BlobContent } from "../../storage/blobs.ts";
import type { Digest } from "../../storage/digest.ts";
import { BLOB_INTEREST_MS } from "../../storage/limits.ts";
import { entityTag, isNotModified, isRangeCurrent } from "../conditions.ts";
import { type RequestContext, requireDigest } from "../context.ts";
import { RegistryError } from "../errors.ts";
import { keptBody } from "../kept_body.ts";
import { OCTET_STREAM } from "../media_types.ts";
import {
  type ByteSpan,
  contentRange,
  type MultipartByteRanges,
  multipartByteRanges,
  parseByteRanges,
} from "../ranges.ts";
import { type Answer, type AnswerHeaders, respond } from "../respond.ts";

/** Content by digest never changes: a year, as distribution says. */
const CACHE_CONTROL = "max-age=31536000";

/** Tells whether a repository has a blob, and how large it is. */
export async function headBlob(context: RequestContext): Promise<Answer> {
  const digest = requireDigest(context.reference);
  const blob = requireThere(digest, await context.store.blobs.find(context.name, digest));
  await noteInterest(context, blob);
  context.events?.blobPulled(context, blob);
  if (isNotModified(context.request, digest)) return respond(304, headersOf(digest));
  return respond(200, {
    ...headersOf(digest),
    "Content-Type": OCTET_STREAM,
    "Content-Length": String(blob.size),
  });
}

/** Reads a blob, or ranges of it (RFC 9110, section 14). */
export function getBlob(context: RequestContext): Awaitable<Answer> {
  const digest = requireDigest(context.reference);
  return after(
    context.store.blobs.find(context.name, digest),
    (found) => respondBlob(context, digest, requireThere(digest, found)),
  );
}

function respondBlob(context: RequestContext, digest: Digest, blob: Blob): Awaitable<Answer> {
  context.events?.blobPulled(context, blob);
  if (isNotModified(context.request, digest)) return respond(304, headersOf(digest));
  const spans = spansAsked(context.request, digest, blob.size);
  if (spans === "unsatisfiable") {
    throw new RegistryError("RANGE_INVALID", {
      message: `the blob has ${blob.size} bytes, none of which the range covers`,
      headers: { "Content-Range": contentRange(null, blob.size), "Accept-Ranges": "bytes" },
    });
  }
  const [span] = spans ?? [];
  if (spans === null || span === undefined) return respondWhole(context, digest, blob);
  if (spans.length > 1) return respondParts(context, digest, blob, spans);
  return after(readSpan(context, blob, span), (content) =>
    respond(206, {
      ...headersOf(digest),
      "Content-Type": OCTET_STREAM,
      "Content-Length": String(span.end - span.start),
      "Content-Range": contentRange(span, blob.size),
    }, content));
}

/** Takes a blob away from a repository (OCI distribution spec, "Deleting Blobs"). */
export async function deleteBlob(context: RequestContext): Promise<Answer> {
  const digest = requireDigest(context.reference);
  if (!await context.store.blobs.remove(context.name, digest)) throw blobUnknown(digest);
  await context.events?.deleted(context, digest, []);
  return respond(202);
}

/** The error for a blob that a repository does not have. */
export function blobUnknown(digest: Digest): RegistryError {
  return new RegistryError("BLOB_UNKNOWN", { detail: digest });
}

function requireThere<T>(digest: Digest, found: T | null): T {
  if (found === null) throw blobUnknown(digest);
  return found;
}

/**
 * Who asks whether a blob is there is about to rely on it, and must find it when the manifest comes. That the store
 * cannot be written to is no reason not to answer.
 */
async function noteInterest({ store, settings }: RequestContext, blob: Blob): Promise<void> {
  if (settings.isReadOnly || Date.now() - blob.modifiedMs < BLOB_INTEREST_MS) return;
  try {
    await store.blobs.touchContent(blob.digest);
  } catch {
    // The commit will touch it again, and say so if it cannot.
  }
}

function headersOf(digest: Digest): AnswerHeaders {
  return {
    "Docker-Content-Digest": digest,
    "Accept-Ranges": "bytes",
    "Cache-Control": CACHE_CONTROL,
    ETag: entityTag(digest),
  };
}

function spansAsked(
  request: Request,
  digest: Digest,
  size: number,
): readonly ByteSpan[] | "unsatisfiable" | null {
  const header = request.headers.get("Range");
  if (header === null || !isRangeCurrent(request, digest)) return null;
  return parseByteRanges(header, size);
}

function respondWhole(context: RequestContext, digest: Digest, blob: Blob): Awaitable<Answer> {
  return after(readWhole(context, blob), (content) =>
    respond(200, {
      ...headersOf(digest),
      "Content-Type": OCTET_STREAM,
      "Content-Length": String(blob.size),
    }, content instanceof Uint8Array ? keptBody(content) : content));
}

function readWhole(
  context: RequestContext,
  blob: Blob,
): Awaitable<BlobContent | ReadableStream<Uint8Array>> {
  const span = { start: 0, end: blob.size };
  return after(context.hotBlobs.body(blob), (hot) => hot ?? readSpan(context, blob, span));
}

function respondParts(
  context: RequestContext,
  digest: Digest,
  blob: Blob,
  spans: readonly ByteSpan[],
): Answer {
  const framing = multipartByteRanges(spans, blob.size, OCTET_STREAM);
  return respond(206, {
    ...headersOf(digest),
    "Content-Type": framing.contentType,
    "Content-Length": String(framing.contentLength),
  }, ReadableStream.from(partsOf(context, blob, framing)));
}

async function* partsOf(
  context: RequestContext,
  blob: Blob,
  framing: MultipartByteRanges,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for (const { head, span } of framing.parts) {
    yield head;
    const content = await readSpan(context, blob, span);
    if (content instanceof Uint8Array) yield content;
    else yield* content;
  }
  yield framing.tail;
}

function readSpan(
  { store }: RequestContext,
  blob: Blob,
  span: ByteSpan,
): Awaitable<BlobContent> {
  return after(store.blobs.read(blob, span), (content) => requireThere(blob.digest, content));
}
