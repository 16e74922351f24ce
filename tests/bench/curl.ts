/**
 * One large blob at a time, by `curl`, which moves bytes faster than any registry answers.
 *
 * @module
 */

import { withDigest } from "../push.ts";
import { runCommand } from "./run_command.ts";

/** What `curl` tells of one transfer. */
export interface Transfer {
  readonly status: number;
  /** From the first byte of the connection to the last byte of the answer. */
  readonly seconds: number;
  readonly bytesDown: number;
  readonly bytesUp: number;
  /** The `Location` header, empty when there is none. */
  readonly location: string;
}

const WRITE_OUT = "%{http_code} %{time_total} %{size_download} %{size_upload} %header{location}";

/** Reads the line that `--write-out` printed. Throws when it is not of that form. */
export function parseTransfer(line: string): Transfer {
  const match = /^(\d{3}) (\d+\.\d+) (\d+) (\d+) (\S*)$/.exec(line);
  if (match === null) throw new Error(`curl answered "${line}" in place of its figures`);
  const [, status, seconds, bytesDown, bytesUp, location] = match;
  return {
    status: Number(status),
    seconds: Number(seconds),
    bytesDown: Number(bytesDown),
    bytesUp: Number(bytesUp),
    location: location ?? "",
  };
}

async function transfer(
  curl: string,
  method: string,
  url: URL,
  status: number,
  args: readonly string[] = [],
): Promise<Transfer> {
  const line = await runCommand(curl, [
    "--silent",
    "--show-error",
    "--output",
    "/dev/null",
    "--write-out",
    WRITE_OUT,
    "--request",
    method,
    ...args,
    url.href,
  ]);
  const done = parseTransfer(line);
  if (done.status !== status) {
    throw new Error(`${method} ${url.href} answered ${done.status}, not ${status}`);
  }
  return done;
}

/** Pulls a blob to nowhere and returns the seconds. Throws unless it has the size that it should have. */
export async function curlPull(curl: string, url: URL, size: number): Promise<number> {
  const done = await transfer(curl, "GET", url, 200);
  if (done.bytesDown !== size) {
    throw new Error(`GET ${url.href} gave ${done.bytesDown} bytes, not ${size}`);
  }
  return done.seconds;
}

/** Where and what to push. */
export interface CurlPush {
  readonly base: string;
  readonly repository: string;
  readonly path: string;
  readonly size: number;
  readonly digest: string;
  /** Sends no length, as Docker does, which compresses while it sends. */
  readonly isChunked?: boolean;
}

/**
 * Pushes a file as a blob with POST, one PATCH and PUT, and returns the seconds of the three. `Expect` is taken out
 * of the PATCH, because a server that does not answer `100 Continue` would be made to wait for a second.
 */
export async function curlPush(curl: string, push: CurlPush): Promise<number> {
  const begin = new URL(`${push.base}/v2/${push.repository}/blobs/uploads/`);
  const begun = await transfer(curl, "POST", begin, 202);
  const patched = await transfer(curl, "PATCH", new URL(begun.location, begin), 202, [
    "--upload-file",
    push.path,
    "--header",
    "Content-Type: application/octet-stream",
    "--header",
    "Expect:",
    ...push.isChunked === true ? ["--header", "Transfer-Encoding: chunked"] : [],
  ]);
  // Counted with the framing of chunks.
  if (patched.bytesUp < push.size) {
    throw new Error(`PATCH took ${patched.bytesUp} bytes of ${push.path}, not ${push.size}`);
  }
  const close = new URL(withDigest(patched.location, push.digest), begin);
  const closed = await transfer(curl, "PUT", close, 201);
  return begun.seconds + patched.seconds + closed.seconds;
}

/** The path of `curl`, for rows that run only where it is installed. */
export function mustFind(curl: string | null): string {
  if (curl === null) throw new Error("curl is not installed");
  return curl;
}
