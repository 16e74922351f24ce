/**
 * The second socket of a server, for operators: health, probes and metrics.
 *
 * @module
 */

import { exposition, EXPOSITION_TYPE } from "../registry/exposition.ts";
import { respondOk, respondReady } from "../registry/handlers/probes.ts";
import { JSON_UTF8 } from "../registry/media_types.ts";
import type { Metrics } from "../registry/metrics.ts";
import { toResponse } from "../registry/respond.ts";
import { StorageError } from "../storage/errors.ts";
import { addressHost, type TcpAddress } from "./address.ts";
import type { Failures } from "./health.ts";

/** What the pages show. */
export interface DebugPages {
  /** What fails of the health checks. */
  readonly failures: () => Failures;
  /** Why no more requests are wanted; `null` while they are. */
  readonly unready: () => string | null;
  /** The metrics and their path; `null` for none. */
  readonly metrics: { readonly path: string; readonly read: () => Promise<Metrics> } | null;
}

/** A debug server that listens. */
export interface DebugServer {
  /** With the port that was taken for port 0. */
  readonly address: TcpAddress;
  close(): Promise<void>;
}

/** Starts it. Throws a `StorageError` that says what to do when the address cannot be listened on. */
export function startDebugServer(address: TcpAddress, pages: DebugPages): DebugServer {
  const answer = debugApp(pages);
  try {
    const server = Deno.serve({
      hostname: address.host || "0.0.0.0",
      port: address.port,
      onListen: (): void => {},
    }, answer);
    return {
      address: { ...address, port: server.addr.port },
      close: () => server.shutdown(),
    };
  } catch (error) {
    throw new StorageError(
      "invalid",
      `Cannot listen on http.debug.addr ${addressHost(address)}:${address.port}: ` +
        `${error instanceof Error ? error.message : error}; choose another one`,
    );
  }
}

/** Answers on the debug server: GET and HEAD of its pages, 404 for everything else, as in distribution. */
export function debugApp(
  { failures, unready, metrics }: DebugPages,
): (request: Request) => Response | Promise<Response> {
  const pages: Record<string, () => Response | Promise<Response>> = {
    "/debug/health": () => healthPage(failures()),
    "/livez": () => toResponse(respondOk()),
    "/readyz": () => toResponse(respondReady(unready())),
  };
  if (metrics !== null) pages[metrics.path] = (): Promise<Response> => metricsPage(metrics);
  return ({ method, url }) => {
    const path = new URL(url).pathname;
    const page = Object.hasOwn(pages, path) ? pages[path] : undefined;
    if (page !== undefined && (method === "GET" || method === "HEAD")) return page();
    return new Response("404 page not found\n", { status: 404 });
  };
}

async function metricsPage(
  { read }: NonNullable<DebugPages["metrics"]>,
): Promise<Response> {
  const headers = { "Content-Type": EXPOSITION_TYPE };
  return new Response(exposition(await read()), { headers });
}

/** In the form of distribution (`health/health.go`): what fails by its name, and 503 if anything does. */
function healthPage(failures: Failures): Response {
  const status = Object.keys(failures).length === 0 ? 200 : 503;
  const headers = { "Content-Type": JSON_UTF8 };
  return new Response(JSON.stringify(failures), { status, headers });
}
