/**
 * Who is at the other end of a request.
 *
 * @module
 */

const IPV4_WITH_PORT_REGEXP = /^(\d+\.\d+\.\d+\.\d+):\d+$/;
const IPV6_IN_BRACKETS_REGEXP = /^\[([0-9a-f:.]+)\](?::\d+)?$/i;
const IPV6_REGEXP = /^[0-9a-f:]*:[0-9a-f:.]*$/i;
/** How IPv6 writes the addresses of IPv4. */
const MAPPED_IPV4_REGEXP = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

const IPV6_GROUPS = 8;
/** One subscriber of IPv6 has a network of 64 bits at least, and all of its addresses. */
const NETWORK_GROUPS = 4;

/**
 * Whom a request comes from: the address at the other end of the connection, or where proxies are trusted, the last one
 * that `X-Forwarded-For` names. Without a port, and of IPv6 the network of 64 bits. All clients of a unix socket are
 * one otherwise.
 */
export function clientOf(
  request: Request,
  { remoteAddr }: Deno.ServeHandlerInfo,
  isProxyTrusted: boolean,
): string {
  const named = isProxyTrusted ? forwardedClient(request) : "";
  if (named !== "") return withoutHost(named);
  return "hostname" in remoteAddr ? withoutHost(remoteAddr.hostname) : "";
}

/** The last address that `X-Forwarded-For` names; `""` when there is none. It can be any text. */
export function forwardedClient(request: Request): string {
  return request.headers.get("X-Forwarded-For")?.split(",").at(-1)?.trim() ?? "";
}

function withoutHost(text: string): string {
  if (!text.includes(":")) return text;
  const address = IPV4_WITH_PORT_REGEXP.exec(text)?.[1] ??
    IPV6_IN_BRACKETS_REGEXP.exec(text)?.[1] ?? text;
  const mapped = MAPPED_IPV4_REGEXP.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  return IPV6_REGEXP.test(address) ? networkOf(address) : address;
}

function networkOf(address: string): string {
  const [front = [], back] = address.toLowerCase().split("::", 2).map(groupsOf);
  const groups = back === undefined ? [...front] : [
    ...front,
    ...Array.from({ length: Math.max(0, IPV6_GROUPS - front.length - back.length) }, () => "0"),
    ...back,
  ];
  return groups.slice(0, NETWORK_GROUPS).map((group) => group.replace(/^0+(?=.)/, "")).join(":");
}

function groupsOf(text: string): readonly string[] {
  return text === "" ? [] : text.split(":");
}
