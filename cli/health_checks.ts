/**
 * The checks of the section `health` of the configuration, as distribution has them.
 *
 * @module
 */

import { HEALTH_INTERVAL_MS, HEALTH_TIMEOUT_MS_MAX, TIMER_MS_MAX } from "../storage/limits.ts";
import { withoutSecrets } from "../registry/hidden.ts";
import { addressHost, type TcpAddress } from "./address.ts";
import type { Check, HealthCheck } from "./health.ts";
import type { Settings } from "./settings/table.ts";

/** All checks that the settings ask for. */
export function healthChecks(settings: Settings): readonly HealthCheck[] {
  const { storagedriver, file, http, tcp } = settings.health;
  return [
    ...storagedriver.enabled ? [storageCheck(settings)] : [],
    ...file.map((each) => ({
      ...common(each),
      name: each.file,
      check: fileCheck(each.file),
      // As in distribution, which does not look at it.
      threshold: 0,
    })),
    ...http.map((each) => ({
      ...common(each),
      name: withoutSecrets(each.uri),
      check: httpCheck(each),
    })),
    ...tcp.map((each) => ({
      ...common(each),
      name: `${addressHost(each.addr)}:${each.addr.port}`,
      check: tcpCheck(each.addr),
    })),
  ];
}

interface Timing {
  readonly interval: number;
  readonly threshold: number;
  /** 0 for as long as it takes. */
  readonly timeout?: number;
}

function common({ interval, threshold, timeout = 0 }: Timing): Omit<HealthCheck, "name" | "check"> {
  return {
    intervalMs: interval === 0 ? HEALTH_INTERVAL_MS : Math.min(interval, TIMER_MS_MAX),
    threshold,
    timeoutMs: timeout === 0 ? HEALTH_TIMEOUT_MS_MAX : Math.min(timeout, TIMER_MS_MAX),
  };
}

/** Looks whether the directory of the store is there; memory always is. */
function storageCheck({ health, storage }: Settings): HealthCheck {
  const root = storage.filesystem?.rootdirectory ?? null;
  return {
    ...common(health.storagedriver),
    name: `storagedriver_${root === null ? "inmemory" : "filesystem"}`,
    check: async (): Promise<void> => {
      if (root === null) return;
      const info = await Deno.stat(root).catch((error) => {
        throw error instanceof Deno.errors.NotFound ? new Error("the store is gone") : error;
      });
      if (!info.isDirectory) throw new Error("the store is not a directory");
    },
  };
}

/** A file that exists means illness. What cannot be looked at does too. */
function fileCheck(path: string): Check {
  return async () => {
    const isThere = await Deno.stat(path).then(() => true, (error) => {
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    });
    if (isThere) throw new Error("file exists");
  };
}

interface HttpTarget {
  readonly uri: string;
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly statuscode: number;
}

function httpCheck({ uri, headers, statuscode }: HttpTarget): Check {
  const sent = Object.entries(headers)
    .flatMap(([name, values]) => values.map((value): [string, string] => [name, value]));
  return async (signal) => {
    const response = await fetch(uri, { method: "HEAD", headers: sent, signal });
    await response.body?.cancel();
    if (response.status === statuscode) return;
    throw new Error(`unexpected status ${response.status}; expected ${statuscode}`);
  };
}

function tcpCheck({ host, port }: TcpAddress): Check {
  return async (signal) => {
    const connection = await Deno.connect({ hostname: host || "127.0.0.1", port, signal });
    connection.close();
  };
}
