/**
 * Conditional requests (RFC 9110, section 13). The entity tag of content is its digest.
 *
 * @module
 */

import { ifMatch, ifNoneMatch } from "@std/http";
import type { Digest } from "../storage/digest.ts";

/** The entity tag of content. */
export function entityTag(digest: Digest): string {
  return `"${digest}"`;
}

/** Whether the client has this content already and wants to hear 304. A digest without quotes counts, as in distribution. */
export function isNotModified(request: Request, digest: Digest): boolean {
  const header = request.headers.get("If-None-Match");
  return header !== null && (header.trim() === digest || !ifNoneMatch(header, entityTag(digest)));
}

/** Whether the ranges of a request still apply: `If-Range` is absent, or names this content by its strong tag. */
export function isRangeCurrent(request: Request, digest: Digest): boolean {
  const header = request.headers.get("If-Range");
  return header === null || header.trim() === entityTag(digest);
}

/** Whether a write is only wanted under a condition on what is there. */
export function hasPrecondition(request: Request): boolean {
  return request.headers.has("If-Match") || request.headers.has("If-None-Match");
}

/** Whether a write may go on, over what is there at this moment: a digest, or `null` for nothing. */
export function holdsPrecondition(request: Request, current: Digest | null): boolean {
  const match = request.headers.get("If-Match");
  const noneMatch = request.headers.get("If-None-Match");
  if (match !== null && (current === null || !ifMatch(match, entityTag(current)))) return false;
  return noneMatch === null || current === null || ifNoneMatch(noneMatch, entityTag(current));
}
