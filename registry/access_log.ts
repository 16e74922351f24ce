/**
 * One line for each request.
 *
 * @module
 */

import { withoutSecrets } from "./hidden.ts";
import { LINE_WRITERS, type LogFields, type LogFormat, quoted } from "./log_format.ts";
import { apacheTime, isoTime } from "./log_time.ts";

/** What is said of a request that was answered. */
export interface AccessEntry {
  readonly request: Request;
  readonly requestId: string;
  /** The address at the other end of the connection; `""` for a socket of the file system. */
  readonly remoteAddress: string;
  /** `null` for nobody in particular. */
  readonly user: string | null;
  /** The repository; `""` where the path names none. */
  readonly name: string;
  /** The tag, digest or id of the path. */
  readonly reference: string;
  readonly status: number;
  readonly contentType: string | null;
  /** Bytes of the answer's body. */
  readonly sentBytes: number;
  /** Bytes of the request's body. */
  readonly receivedBytes: number;
  readonly durationMs: number;
  /** When it was answered, in milliseconds since 1970. */
  readonly endedMs: number;
}

/** Writes a request as one line with its end. */
export type AccessLine = (entry: AccessEntry) => string;

/** How requests are written: in the combined form of Apache, or as JSON where the log is JSON. */
export function accessLine(format: LogFormat, fields: LogFields): AccessLine {
  if (format === "text") return combinedLine;
  const write = LINE_WRITERS[format](fields);
  return (entry) =>
    write({
      time: isoTime(entry.endedMs),
      level: "info",
      message: "response completed",
      fields: fieldsOf(entry),
    });
}

/** The names are those of distribution's line "response completed". */
function fieldsOf(entry: AccessEntry): LogFields {
  const { request } = entry;
  const durationUs = Math.round(entry.durationMs * 1000);
  return {
    "auth.user.name": entry.user ?? undefined,
    "http.request.host": request.headers.get("Host") ?? request.url.split("/", 3)[2],
    "http.request.id": entry.requestId,
    "http.request.method": request.method,
    "http.request.referer": refererOf(request) || undefined,
    "http.request.remoteaddr": entry.remoteAddress,
    "http.request.received": entry.receivedBytes,
    "http.request.uri": targetOf(request.url),
    "http.request.useragent": request.headers.get("User-Agent") ?? undefined,
    "http.response.contenttype": entry.contentType ?? undefined,
    "http.response.duration": `${(durationUs / 1000).toFixed(3)}ms`,
    "http.response.seconds": durationUs / 1_000_000,
    "http.response.status": entry.status,
    "http.response.written": entry.sentBytes,
    "vars.name": entry.name,
    "vars.reference": entry.reference,
  };
}

function combinedLine(entry: AccessEntry): string {
  const { request, status, sentBytes } = entry;
  const protocol = isHttp2(request) ? "HTTP/2.0" : "HTTP/1.1";
  const line = quoted(`${request.method} ${targetOf(request.url)} ${protocol}`);
  const referer = quoted(refererOf(request));
  const agent = quoted(request.headers.get("User-Agent") ?? "");
  return `${entry.remoteAddress || "-"} - ${userText(entry.user)} [${apacheTime(entry.endedMs)}] ` +
    `${line} ${status} ${sentBytes} ${referer} ${agent}\n`;
}

/** Deno does not say it, but only HTTP/2 has no header for the host. berth speaks it over TLS alone. */
function isHttp2({ url, headers }: Request): boolean {
  return url.startsWith("https:") && !headers.has("Host");
}

/** A name stands without quotes, so it must not hold what ends it. */
function userText(user: string | null): string {
  if (user === null || user === "") return "-";
  return /^[!#-[\]-~]+$/.test(user) ? user : encodeURIComponent(user);
}

function refererOf({ headers }: Request): string {
  const referer = headers.get("Referer");
  return referer === null ? "" : withoutSecrets(referer);
}

/** The path and query of a URL, as they came, without what is secret in them. */
export function targetOf(url: string): string {
  const start = url.indexOf("/", url.indexOf("://") + "://".length);
  return withoutSecrets(start < 0 ? "/" : url.slice(start));
}
