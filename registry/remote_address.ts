/**
 * Where requests come from.
 *
 * @module
 */

import type { RequestHead } from "./origin.ts";

const IPV4_REGEXP = /^\d{1,3}(?:\.\d{1,3}){3}$/;
const IPV6_REGEXP = /^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*$/;

/**
 * Where a request comes from, as distribution tells it (`requestutil.RemoteAddr`): the first address of
 * `X-Forwarded-For`, else `X-Real-Ip`, else the other end of the connection with its port; `""` when none is known, as
 * behind a socket of the file system.
 */
export function remoteAddress({ headers }: RequestHead, peer: Deno.Addr | null): string {
  const first = headers.get("X-Forwarded-For")?.split(",", 1)[0]?.trim() ?? "";
  if (isAddress(first)) return first;
  const real = headers.get("X-Real-Ip") ?? "";
  return isAddress(real) ? real : peerText(peer);
}

function isAddress(text: string): boolean {
  return IPV4_REGEXP.test(text) || IPV6_REGEXP.test(text);
}

function peerText(peer: Deno.Addr | null): string {
  if (peer === null || !("hostname" in peer)) return "";
  const { hostname, port } = peer;
  return hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
}
