/**
 * A berth that is watched: with its debug server, and with what it writes to stdout.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import {
  freePort,
  type RunningServer,
  startBerth,
  startDistribution,
  withTempDir,
} from "../harness.ts";

/** Longest wait for something to become so, in milliseconds. */
const UNTIL_TIMEOUT_MS = 60_000;

/** A berth and where its debug server is. */
export interface ObservedServer extends RunningServer {
  /** Base URL of the debug server, without a trailing slash; `""` when there is none. */
  readonly debugUrl: string;
}

export interface ObserveOptions {
  readonly workers?: number;
  /** Variables of the configuration, without `REGISTRY_`. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The variables that turn the debug server with its metrics on. */
export const DEBUG_ENV = { HTTP_DEBUG_ADDR: "127.0.0.1:0", HTTP_DEBUG_PROMETHEUS_ENABLED: "true" };

/** Base URL of a berth's debug server, without a trailing slash; `""` when there is none. */
export function debugUrlOf(server: RunningServer): string {
  const [, address] = /debug server listening on ([\d.:]+)/.exec(server.log()) ?? [];
  return address === undefined ? "" : `http://${address}`;
}

/** Starts a berth on a temporary store, runs a function with it, and ends it, which has to succeed. */
export async function withObserved(
  { workers = 1, env = {} }: ObserveOptions,
  body: (server: ObservedServer, directory: string) => Promise<void>,
): Promise<void> {
  await withTempDir("observe", async (directory) => {
    const server = await startBerth({
      root: `${directory}/data`,
      args: ["--workers", String(workers)],
      env: Object.fromEntries(
        Object.entries(env).map(([name, value]) => [
          name.startsWith("OTEL_") ? name : `REGISTRY_${name}`,
          value,
        ]),
      ),
      keepsOutput: true,
    });
    try {
      await body({ ...server, debugUrl: debugUrlOf(server) }, directory);
    } catch (error) {
      await server.stop("SIGKILL");
      throw error;
    }
    assertEquals(await server.stop(), 0, server.log());
  });
}

/** Starts a docker-registry with a debug server, runs a function with it, and ends it. */
export function withObservedDistribution(
  config: readonly string[],
  body: (server: RunningServer, debugUrl: string) => Promise<void>,
): Promise<void> {
  return withTempDir("distribution", async (root) => {
    const debug = `127.0.0.1:${freePort()}`;
    const server = await startDistribution({
      root,
      env: { REGISTRY_HTTP_DEBUG_ADDR: debug, REGISTRY_HTTP_DEBUG_PROMETHEUS_ENABLED: "true" },
      config,
    });
    try {
      await body(server, `http://${debug}`);
    } finally {
      await server.stop();
    }
  });
}

/** Waits until a look finds something that is neither `null` nor false, and returns it. */
export async function until<T>(
  what: string,
  look: () => Promise<T | null | false> | T | null | false,
): Promise<T> {
  const deadline = Date.now() + UNTIL_TIMEOUT_MS;
  for (;;) {
    const found = await look();
    if (found !== null && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`It does not become so: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Asks for a page over a connection of its own, which any worker may take. */
export async function ask(
  url: string,
  init: RequestInit = {},
): Promise<{ readonly status: number; readonly headers: Headers; readonly text: string }> {
  const client = Deno.createHttpClient({ poolMaxIdlePerHost: 0 });
  try {
    const response = await fetch(url, { ...init, client });
    return { status: response.status, headers: response.headers, text: await response.text() };
  } finally {
    client.close();
  }
}
