/**
 * Bodies that are kept in memory and sent many times.
 *
 * @module
 */

import { BLOB_BUFFERED_BYTES_MAX } from "../storage/limits.ts";
import type { AnswerBody } from "./respond.ts";

/** What stands for bytes that were sent before; `null` for those that were sent once. */
const streams = new WeakMap<Uint8Array, ReadableStream<Uint8Array> | null>();

/**
 * Whether a stream can be the body of many responses. By the Fetch standard ("extract a body") it becomes the body of the
 * response, and ends with it. Deno 2.9 sees that it came from a response made of bytes, and takes those.
 */
export const isStreamReusable = canReuseStreams();

/** Bodies that can be sent many times, however large. */
const shared = new WeakSet<ReadableStream>();

/** Whether a body is sent from memory, and by others at the same time: it must not be read. */
export function isShared(body: ReadableStream): boolean {
  return shared.has(body);
}

/** A body that can be sent as often as one likes, with a copy of these bytes; `null` without {@linkcode isStreamReusable}. */
export function sharedBody(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array> | null {
  if (!isStreamReusable) return null;
  const { body } = new Response(bytes);
  if (body !== null) shared.add(body);
  return body;
}

/**
 * The body for bytes which stay as they are and are asked for again. A `Response` of bytes copies them, and the copies
 * are left to the garbage collector: with 1.6 KiB that takes a tenth of the whole request.
 */
export function keptBody(bytes: Uint8Array<ArrayBuffer>): AnswerBody {
  // What is larger is kept by those who know that it is asked for often (see `hot_blobs.ts`).
  if (!isStreamReusable || bytes.length > BLOB_BUFFERED_BYTES_MAX) return bytes;
  const stream = streams.get(bytes);
  if (stream === undefined) {
    streams.set(bytes, null);
    return bytes;
  }
  if (stream !== null) return stream;
  const body = sharedBody(bytes);
  streams.set(bytes, body);
  return body;
}

function canReuseStreams(): boolean {
  const { body } = new Response(new Uint8Array(1));
  return new Response(body).body !== body && body?.locked === false;
}
