/**
 * Addresses to listen on.
 *
 * @module
 */

/** Host and port; an empty host is all interfaces. */
export interface TcpAddress {
  readonly host: string;
  readonly port: number;
}

/** A socket of the file system. */
export interface UnixAddress {
  readonly path: string;
}

export type Address = TcpAddress | UnixAddress;

const PORT_MAX = 65_535;

/** Parses `host:port`, `:port` and `[::1]:port`; `null` when it is none. */
export function parseAddress(text: string): TcpAddress | null {
  const colon = text.lastIndexOf(":");
  const port = Number(text.slice(colon + 1));
  if (colon < 0 || !/^\d+$/.test(text.slice(colon + 1)) || port > PORT_MAX) return null;
  const host = text.slice(0, colon);
  const bare = host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host;
  if (bare.includes(":") && bare === host) return null;
  return /[\s/]/.test(bare) ? null : { host: bare, port };
}

/** The host as URLs have it; all interfaces are `0.0.0.0`. */
export function addressHost({ host }: TcpAddress): string {
  if (host === "") return "0.0.0.0";
  return host.includes(":") ? `[${host}]` : host;
}
