/**
 * Many small requests at once: `wrk` where it is installed and can, else a client of our own. One run uses one client
 * for every server.
 *
 * @module
 */

import { encodeRequest, HttpConnection } from "./http_connection.ts";
import { runCommand } from "./run_command.ts";

/** Longest wait of `wrk` for one answer, in seconds; its own two would fail a run on a busy machine. */
const ANSWER_TIMEOUT_SECONDS = 30;

/** A load on one path of a server. */
export interface Load {
  readonly method: "GET" | "HEAD";
  /** `host:port`. */
  readonly host: string;
  readonly path: string;
  readonly connections: number;
  readonly seconds: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** Puts a load on a server and returns the requests per second. Throws when any answer was not a success. */
export type LoadClient = (load: Load) => Promise<number>;

/**
 * The load client for a path of `wrk`, `null` when it is not installed. HEAD is never for `wrk`, which waits for the body
 * that `Content-Length` speaks of.
 */
export function loadClient(wrk: string | null): LoadClient {
  return (load) => wrk === null || load.method === "HEAD" ? ownLoad(load) : wrkLoad(wrk, load);
}

async function wrkLoad(wrk: string, load: Load): Promise<number> {
  const headers = Object.entries(load.headers).flatMap(([name, value]) => [
    "--header",
    `${name}: ${value}`,
  ]);
  const output = await runCommand(wrk, [
    "--threads",
    "1",
    "--connections",
    String(load.connections),
    "--duration",
    `${load.seconds}s`,
    "--timeout",
    `${ANSWER_TIMEOUT_SECONDS}s`,
    ...headers,
    `http://${load.host}${load.path}`,
  ]);
  return parseWrkOutput(output);
}

/** Reads the requests per second out of the report of `wrk`. Throws when it tells of errors. */
export function parseWrkOutput(output: string): number {
  const trouble = /^ *(Non-2xx or 3xx responses|Socket errors): .*$/m.exec(output);
  if (trouble !== null) throw new Error(`wrk met errors: ${trouble[0].trim()}`);
  const rate = Number(/^Requests\/sec: +([\d.]+)$/m.exec(output)?.[1]);
  if (!(rate > 0)) throw new Error(`wrk answered no rate: ${output.slice(-500)}`);
  return rate;
}

/** The client of our own: one loop of requests for each connection. */
export async function ownLoad(load: Load): Promise<number> {
  const { method, host, path } = load;
  const request = encodeRequest(host, load);
  const start = performance.now();
  const end = start + load.seconds * 1000;
  let answers = 0;
  await Promise.all(Array.from({ length: load.connections }, async () => {
    const connection = await HttpConnection.open(host);
    try {
      while (performance.now() < end) {
        const { status } = await connection.exchange(request, method === "HEAD");
        if (status !== 200) throw new Error(`${method} ${path} answered ${status}`);
        answers++;
      }
    } finally {
      connection.close();
    }
  }));
  return answers * 1000 / (performance.now() - start);
}
