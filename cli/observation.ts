/**
 * What one event loop watches, as far as the settings and the environment ask for it.
 *
 * @module
 */

import { type AccessEntry, accessLine } from "../registry/access_log.ts";
import type { Report } from "../registry/app.ts";
import { withoutSecrets } from "../registry/hidden.ts";
import type { Log } from "../registry/log.ts";
import type { Observers } from "../registry/observe.ts";
import { RequestMetrics } from "../registry/request_metrics.ts";
import { cacheCounter, storageTimer } from "../registry/storage_metrics.ts";
import { bothWatches, openTracing } from "../registry/tracing.ts";
import type { CacheWatch } from "../storage/bounded_map.ts";
import type { StorageDriver } from "../storage/driver.ts";
import { ObservedDriver, type StorageWatch } from "../storage/observed_driver.ts";
import { forwardedClient } from "./client_address.ts";
import type { Services } from "./services.ts";
import type { Settings } from "./settings/table.ts";
import { VERSION } from "./version.ts";

/** What is watched. */
export interface LoopObservation {
  readonly observers: Observers;
  readonly driver: StorageDriver;
  readonly cacheWatch: CacheWatch | null;
}

/** Watches requests, a driver and the memory over it; leaves alone what nobody wants to know of. */
export function observeLoop(
  { log, limits }: Settings,
  { metrics, lines, logFields }: Services,
  driver: StorageDriver,
): LoopObservation {
  const tracing = openTracing(driver.name, VERSION);
  const line = accessLine(log.formatter, logFields);
  const write = limits.trustforwarded
    ? (entry: AccessEntry): string => line(behindProxy(entry))
    : line;
  return {
    observers: {
      metrics: metrics === null ? null : new RequestMetrics(metrics),
      access: log.accesslog.disabled ? null : (entry): void => lines.stdout.write(write(entry)),
      tracing,
    },
    driver: watched(driver, [
      tracing?.watch ?? null,
      metrics === null ? null : storageTimer(metrics, driver.name),
    ]),
    cacheWatch: metrics === null ? null : cacheCounter(metrics),
  };
}

/** An address that a proxy names takes the place of the proxy's own, if it is one. */
function behindProxy(entry: AccessEntry): AccessEntry {
  const named = forwardedClient(entry.request);
  return ADDRESS_REGEXP.test(named) ? { ...entry, remoteAddress: named } : entry;
}

const ADDRESS_REGEXP = /^[0-9A-Fa-f.:]{2,45}$/;

function watched(driver: StorageDriver, watches: readonly (StorageWatch | null)[]): StorageDriver {
  const [first, ...others] = watches.filter((watch) => watch !== null);
  if (first === undefined) return driver;
  return new ObservedDriver(driver, others.reduce(bothWatches, first));
}

/** Writes a line for what the registry could not do; what clients did wrong is for `debug`. */
export function reportTo(log: Log): Report {
  return (error, request, requestId) => {
    const isFault = error.status >= 500;
    if (!isFault && !log.writes("debug")) return;
    const cause = error.cause instanceof Error ? error.cause : error;
    const [entry] = error.entries;
    log[isFault ? "error" : "debug"]("response completed with error", {
      "err.code": entry?.code,
      "err.detail": error.status === 500 ? cause.stack ?? cause.message : cause.message,
      "http.request.id": requestId ?? undefined,
      "http.request.method": request.method,
      "http.request.uri": withoutSecrets(request.url),
      "http.response.status": error.status,
    });
  };
}
