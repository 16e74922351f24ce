/**
 * A whole server: its event loops, and what is around them in the main thread.
 *
 * @module
 */

import type { Log } from "../registry/log.ts";
import type { Metrics } from "../registry/metrics.ts";
import { LOG_FLUSH_MS_MAX, TIMER_MS_MAX } from "../storage/limits.ts";
import { addressHost } from "./address.ts";
import { type DebugServer, startDebugServer } from "./debug_server.ts";
import { type Failures, Health } from "./health.ts";
import { healthChecks } from "./health_checks.ts";
import { flushLines, ProcessLines } from "./log_lines.ts";
import { operateLogLevel } from "./log_level.ts";
import { startNotifications } from "./notifications.ts";
import { lookAtProcess } from "./process_metrics.ts";
import { operateReadOnly } from "./read_only.ts";
import { newParts, openServices, type Services } from "./services.ts";
import type { Settings } from "./settings/table.ts";
import { startUpkeep } from "./upkeep.ts";
import { VERSION } from "./version.ts";
import { startEventLoops } from "./worker_pool.ts";

/** A server that answers. */
export interface Server {
  readonly log: Log;
  /** Tells load balancers that the end is near, and resolves when requests under way have ended. */
  drain(): Promise<void>;
  /** Resolves when the last lines of the logs are written, or nobody takes them. */
  flush(): Promise<void>;
}

/** Starts a server on a port that is known to be free. Throws what {@linkcode startEventLoops} throws. */
export async function startServer(settings: Settings): Promise<Server> {
  const output = new ProcessLines();
  const parts = newParts(settings);
  const deliver = output.take.bind(output);
  const services = openServices(settings, parts, deliver);
  const { log, readOnly, state } = services;
  const info = (message: string): void => log.info(message);
  const stops = [
    operateReadOnly(settings, readOnly, info),
    operateLogLevel(settings, state, info),
  ];
  const health = new Health(healthChecks(settings), (failures) => {
    state.set("isFailing", Object.keys(failures).length > 0);
    sayHealth(log, failures);
  });
  // What is wrong with its address is said before the registry listens.
  const debug = startDebug(settings, services, health, output);
  const notifications = await startNotifications(settings, log);
  const loops = await startEventLoops(settings, { parts, services, notifications, deliver });
  const upkeep = startUpkeep(settings, services);
  return {
    log,
    async drain(): Promise<void> {
      state.set("isDraining", true);
      const delayMs = Math.min(settings.http.draindelay, TIMER_MS_MAX);
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      health.stop();
      upkeep.stop();
      for (const stop of stops) stop();
      await loops.drain();
      await notifications?.stop();
      await debug?.close();
    },
    async flush(): Promise<void> {
      flushLines(services.lines);
      await output.flushed(LOG_FLUSH_MS_MAX);
    },
  };
}

function sayHealth(log: Log, failures: Failures): void {
  const all = Object.entries(failures).map(([name, why]) => `${name}: ${why}`);
  if (all.length === 0) log.info("all health checks are well again");
  else log.error("requests are turned down, as health checks fail", { "health.failures": all });
}

function startDebug(
  settings: Settings,
  { metrics, state, log, readOnly }: Services,
  health: Health,
  output: ProcessLines,
): DebugServer | null {
  const { addr, prometheus } = settings.http.debug;
  if (addr === null) return null;
  const root = settings.storage.filesystem?.rootdirectory ?? null;
  const read = (all: Metrics): Metrics => {
    lookAtProcess(all, root);
    all.family("berth_build_info").set(1, VERSION);
    all.family("berth_event_loops").set(settings.http.workers);
    all.family("berth_health_checks_failing").set(Object.keys(health.failures).length);
    all.family("berth_read_only").set(readOnly.isOn ? 1 : 0);
    all.family("berth_draining").set(state.isDraining ? 1 : 0);
    all.family("berth_log_lines_dropped_total").set(output.dropped);
    return all;
  };
  const server = startDebugServer(addr, {
    failures: () => health.failures,
    unready: () => state.unready,
    metrics: metrics === null ? null : { path: prometheus.path, read: () => read(metrics) },
  });
  log.info(`debug server listening on ${addressHost(server.address)}:${server.address.port}`);
  return server;
}
