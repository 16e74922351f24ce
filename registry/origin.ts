/**
 * What a client calls the registry, as far as a request and the proxies that passed it on tell.
 *
 * @module
 */

/** A host of a URL: a name, an IPv4 address, or an IPv6 address in brackets, with or without a port. */
const HOST_REGEXP = /^(?:[A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;
const SCHEME_REGEXP = /^https?$/i;
const PORT_REGEXP = /^\d{1,5}$/;

/** One `name=value` of `Forwarded`, whose value may be a quoted string. */
const PAIR_REGEXP = /([A-Za-z]+)=(?:"([^"]*)"|([^;,\s"]*))/g;

const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: "80", https: "443" };

/** The part of a request that says where it was sent. */
export interface RequestHead {
  readonly url: string;
  readonly headers: Pick<Headers, "get">;
}

interface Told {
  readonly scheme?: string | undefined;
  readonly host?: string | undefined;
}

/**
 * Scheme and host, such as `https://registry.example:5000`: those of `Forwarded` (RFC 7239), else those of
 * `X-Forwarded-Proto`, `-Host` and `-Port`, else those of the request. With several proxies the first one counts. What
 * a client makes up here misleads only itself; what is no scheme or host is passed over.
 */
export function requestOrigin(request: RequestHead, schemeFallback = ownScheme(request)): string {
  const forwarded = request.headers.get("Forwarded");
  const told = forwarded === null ? xForwarded(request.headers) : parseForwarded(forwarded);
  const scheme = match(SCHEME_REGEXP, told.scheme)?.toLowerCase() ?? schemeFallback;
  const host = match(HOST_REGEXP, told.host) ?? ownHost(request);
  const port = match(PORT_REGEXP, first(request.headers.get("X-Forwarded-Port")));
  const needsPort = forwarded === null && port !== null && !/:\d+$/.test(host) &&
    port !== DEFAULT_PORTS[scheme];
  return `${scheme}://${host}${needsPort ? `:${port}` : ""}`;
}

function xForwarded(headers: RequestHead["headers"]): Told {
  return {
    scheme: first(headers.get("X-Forwarded-Proto")),
    host: first(headers.get("X-Forwarded-Host")),
  };
}

/** The first element of the header; pairs that it does not have are absent. */
function parseForwarded(header: string): Told {
  const told: Record<string, string> = {};
  let end = 0;
  for (const found of header.matchAll(PAIR_REGEXP)) {
    if (header.slice(end, found.index).includes(",")) break;
    end = found.index + found[0].length;
    told[(found[1] ?? "").toLowerCase()] ??= found[2] ?? found[3] ?? "";
  }
  return { scheme: told.proto, host: told.host };
}

function first(list: string | null): string | undefined {
  return list?.split(",", 1)[0]?.trim();
}

function match(pattern: RegExp, text: string | undefined): string | null {
  return text !== undefined && pattern.test(text) ? text : null;
}

function ownScheme(request: RequestHead): string {
  return request.url.startsWith("https:") ? "https" : "http";
}

function ownHost(request: RequestHead): string {
  return match(HOST_REGEXP, request.headers.get("Host") ?? undefined) ??
    match(HOST_REGEXP, request.url.split("/", 3)[2]) ?? "localhost";
}
