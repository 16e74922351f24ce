/**
 * The section of being watched: what logs, metrics and notifications cost.
 *
 * @module
 */

import type { BenchOptions } from "./options.ts";
import type { SectionReport } from "./section.ts";
import { runWays, type Way } from "./ways.ts";

/** The part of the bare server's rate that is expected of one that is watched in every way. */
const PART_EXPECTED = 0.7;

const QUIET = { accesslog: { disabled: true } };
const DEBUG = { debug: { addr: "127.0.0.1:0", prometheus: { enabled: true } } };

function way(
  name: string,
  log: Readonly<Record<string, unknown>>,
  more: Readonly<Record<string, unknown>> = {},
): Way {
  return { name, sections: () => ({ log, ...more }), authorization: () => null };
}

function watchedWays(listener: string): readonly Way[] {
  const notifications = { endpoints: [{ name: "bench", url: listener }] };
  return [
    way("bare", QUIET),
    way("access log as text", {}),
    way("metrics", QUIET, { http: DEBUG }),
    way("one listener of notifications", QUIET, { notifications }),
    {
      ...way("all three", {}, { http: DEBUG, notifications }),
      partExpected: PART_EXPECTED,
    },
    way("all three, log as JSON", { formatter: "json" }, { http: DEBUG, notifications }),
  ];
}

/** Measures pulls of a manifest by its tag, for each way to be watched. */
export async function runWatchedSection(
  options: BenchOptions,
  stop: AbortSignal,
): Promise<SectionReport> {
  const listener = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      await request.arrayBuffer();
      return new Response(null, { status: 204 });
    },
  );
  try {
    const url = `http://127.0.0.1:${listener.addr.port}/events`;
    return await runWays({ title: "Being watched", ways: watchedWays(url) }, options, stop);
  } finally {
    await listener.shutdown();
  }
}
