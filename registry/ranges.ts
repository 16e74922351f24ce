/**
 * Byte ranges: of a download (RFC 9110, section 14), and of the chunk of an upload (OCI distribution spec).
 *
 * @module
 */

import type { StorageSpan } from "../storage/driver.ts";
import { BYTE_RANGES_MAX } from "../storage/limits.ts";

/** Bytes from `start` up to, and not including, `end`. */
export type ByteSpan = StorageSpan;

const UNIT_REGEXP = /^bytes=/i;
const RANGE_REGEXP = /^(\d*)-(\d*)$/;
const CONTENT_RANGE_REGEXP = /^(?:bytes[ =])?(\d+)-(\d+)(?:\/(?:\*|\d+))?$/i;

/**
 * Parses the `Range` of a request for content of `size` bytes: `null` when the header is to be ignored (another
 * unit, malformed, more than `BYTE_RANGES_MAX` ranges), `"unsatisfiable"` when the answer is 416, which a
 * range that ends before it starts is too. The spans are never empty and never overlap; those that do are merged
 * and then come in ascending order, else they keep the order of the request.
 */
export function parseByteRanges(header: string, size: number): ByteSpan[] | "unsatisfiable" | null {
  if (!UNIT_REGEXP.test(header)) return null;
  const ranges = splitList(header.slice(header.indexOf("=") + 1));
  if (ranges === null) return null;
  const spans: ByteSpan[] = [];
  let isReversed = false;
  for (const text of ranges) {
    const range = parseRange(text, size);
    if (range === null) return null;
    if (range === "reversed") isReversed = true;
    else if (range.start < range.end) spans.push(range);
  }
  return isReversed || spans.length === 0 ? "unsatisfiable" : mergeOverlapping(spans);
}

/** The members of a list, empty ones left out; `null` when there are none or too many. */
function splitList(list: string): readonly string[] | null {
  // Twice the limit, so that a list of commas costs nothing and an empty member here and there no range.
  const members = list.split(",", 2 * BYTE_RANGES_MAX + 1);
  if (members.length > 2 * BYTE_RANGES_MAX) return null;
  const ranges = members.map((member) => member.trim()).filter((member) => member !== "");
  return ranges.length === 0 || ranges.length > BYTE_RANGES_MAX ? null : ranges;
}

/** One range, cut to the content and empty when it lies outside; `null` when it is malformed. */
function parseRange(text: string, size: number): ByteSpan | "reversed" | null {
  const [, first = "", last = ""] = RANGE_REGEXP.exec(text) ?? [];
  if (first === "" && last === "") return null;
  if (first === "") return { start: Math.max(0, size - Number(last)), end: size };
  const start = Number(first);
  if (last === "") return { start, end: size };
  return Number(last) < start ? "reversed" : { start, end: Math.min(size, Number(last) + 1) };
}

function mergeOverlapping(spans: ByteSpan[]): ByteSpan[] {
  const merged: ByteSpan[] = [];
  for (const span of spans.toSorted((one, other) => one.start - other.start)) {
    const previous = merged.at(-1);
    if (previous === undefined || span.start >= previous.end) merged.push(span);
    else merged.splice(-1, 1, { ...previous, end: Math.max(previous.end, span.end) });
  }
  return merged.length === spans.length ? spans : merged;
}

/**
 * Parses the `Content-Range` of a chunk, both ends inclusive: `0-1023` (OCI distribution spec, "Pushing a blob in
 * chunks"), and the forms `bytes 0-1023/*` and `bytes=0-1023` that some clients send. `null` when it is malformed,
 * ends before it starts, or does not fit a number exactly.
 */
export function parseContentRange(header: string): { first: number; last: number } | null {
  const match = CONTENT_RANGE_REGEXP.exec(header.trim());
  if (match === null) return null;
  const first = Number(match[1]);
  const last = Number(match[2]);
  if (last < first || !Number.isSafeInteger(last)) return null;
  return { first, last };
}

/** The `Content-Range` of an answer: of a span (206), or of content that a request asked too much of (416). */
export function contentRange(span: ByteSpan | null, size: number): string {
  return span === null ? `bytes */${size}` : `bytes ${span.start}-${span.end - 1}/${size}`;
}

/** The framing of a `multipart/byteranges` body: each head, then the bytes of its span; at last the tail. */
export interface MultipartByteRanges {
  readonly contentType: string;
  /** Bytes of the whole body. */
  readonly contentLength: number;
  readonly parts: readonly MultipartPart[];
  readonly tail: Uint8Array<ArrayBuffer>;
}

/** One part of a {@linkcode MultipartByteRanges}. */
export interface MultipartPart {
  readonly head: Uint8Array<ArrayBuffer>;
  readonly span: ByteSpan;
}

/**
 * Frames several spans of content of `size` bytes (RFC 9110, section 14.6). The boundary has to be one that the
 * content does not have, which a random one is.
 */
export function multipartByteRanges(
  spans: readonly ByteSpan[],
  size: number,
  mediaType: string,
  boundary: string = crypto.randomUUID(),
): MultipartByteRanges {
  const encoder = new TextEncoder();
  const parts = spans.map((span, index): MultipartPart => ({
    head: encoder.encode(
      `${index === 0 ? "" : "\r\n"}--${boundary}\r\n` +
        `Content-Type: ${mediaType}\r\nContent-Range: ${contentRange(span, size)}\r\n\r\n`,
    ),
    span,
  }));
  const tail = encoder.encode(`\r\n--${boundary}--\r\n`);
  return {
    contentType: `multipart/byteranges; boundary=${boundary}`,
    contentLength: parts.reduce(
      (bytes, { head, span }) => bytes + head.length + span.end - span.start,
      tail.length,
    ),
    parts,
    tail,
  };
}
