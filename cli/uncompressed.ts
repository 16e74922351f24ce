/**
 * Answers whose bytes arrive as they are stored: their digests, lengths and ranges are the point of a registry.
 *
 * @module
 */

import type { Handler } from "./listener.ts";

/** Since when `automaticCompression: false` is heeded; before, Deno compresses what clients take compressed. */
const COMPRESSION_CAN_BE_OFF_SINCE: readonly [major: number, minor: number] = [2, 9];

/**
 * Keeps Deno from compressing answers, where it cannot be told otherwise: it leaves alone what says `no-transform`
 * (RFC 9111, section 5.2.2.6).
 */
export function uncompressed(handler: Handler, denoVersion: string = Deno.version.deno): Handler {
  const [major = 0, minor = 0] = denoVersion.split(".").map(Number);
  const [sinceMajor, sinceMinor] = COMPRESSION_CAN_BE_OFF_SINCE;
  if (major > sinceMajor || (major === sinceMajor && minor >= sinceMinor)) return handler;
  return async (request, info) => {
    const response = await handler(request, info);
    response.headers.append("Cache-Control", "no-transform");
    return response;
  };
}
