/**
 * Who is at the other end of the connection that a request came on.
 *
 * @module
 */

const peers = new WeakMap<Request, string>();

/** Notes the address, as `host:port`, for whoever tells of the request. */
export function notePeer(request: Request, address: Deno.Addr): void {
  if (!("hostname" in address)) return;
  const { hostname, port } = address;
  peers.set(request, hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`);
}

const IPV4_REGEXP = /^\d{1,3}(?:\.\d{1,3}){3}$/;
const IPV6_REGEXP = /^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*$/;

/**
 * Where a request comes from, as distribution tells it (`requestutil.RemoteAddr`): the first address of
 * `X-Forwarded-For`, else `X-Real-Ip`, else the other end of the connection with its port; `""` when none is known.
 */
export function remoteAddress(request: Request): string {
  const first = request.headers.get("X-Forwarded-For")?.split(",", 1)[0]?.trim() ?? "";
  if (isAddress(first)) return first;
  const real = request.headers.get("X-Real-Ip") ?? "";
  return isAddress(real) ? real : peers.get(request) ?? "";
}

function isAddress(text: string): boolean {
  return IPV4_REGEXP.test(text) || IPV6_REGEXP.test(text);
}
