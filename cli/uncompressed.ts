/**
 * Answers whose bytes arrive as they are stored: their digests, lengths and ranges are the point of a registry.
 *
 * @module
 */

import type { Handler } from "./listener.ts";
import { isDenoSince } from "./version.ts";

/**
 * Keeps Deno before 2.9 from compressing answers for clients that take them so. It does not know
 * `automaticCompression: false`, but leaves alone what says `no-transform` (RFC 9111, section 5.2.2.6).
 */
export function uncompressed(handler: Handler, denoVersion: string = Deno.version.deno): Handler {
  if (isDenoSince(2, 9, denoVersion)) return handler;
  return async (request, info) => {
    const response = await handler(request, info);
    response.headers.append("Cache-Control", "no-transform");
    return response;
  };
}
