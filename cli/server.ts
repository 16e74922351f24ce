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
import { keepFreedMemory } from "./freed_memory.ts";
import { type Failures, Health } from "./health.ts";
import { healthChecks } from "./health_checks.ts";
import { flushLines, ProcessLines } from "./log_lines.ts";
import { operateLogLevel } from "./log_level.ts";
import { countNotifications } from "./notification_metrics.ts";
import { type Notifications, startNotifications } from "./notifications.ts";
import { lookAtProcess } from "./process_metrics.ts";
import { operateReadOnly } from "./read_only.ts";
import { newParts, openServices, type Services, type ThreadParts } from "./services.ts";
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

/**
 * Starts a server on a port that is known to be free. The warnings are what there is to say of the settings. Throws what
 * {@linkcode startEventLoops} and {@linkcode startDebugServer} throw, once the log has said everything before.
 */
export async function startServer(
  settings: Settings,
  warnings: readonly string[],
): Promise<Server> {
  keepFreedMemory();
  const output = new ProcessLines();
  const parts = newParts(settings);
  const services = openServices(settings, parts, output.take.bind(output));
  const flush = async (): Promise<void> => {
    flushLines(services.lines);
    await output.flushed(LOG_FLUSH_MS_MAX);
  };
  for (const warning of warnings) services.log.warn(warning);
  try {
    const drain = await startParts(settings, parts, services, output);
    return { log: services.log, drain, flush };
  } catch (error) {
    await flush();
    throw error;
  }
}

/** Starts everything, and returns what drains it. */
async function startParts(
  settings: Settings,
  parts: ThreadParts,
  services: Services,
  output: ProcessLines,
): Promise<() => Promise<void>> {
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
  const notifications = await startNotifications(settings, log);
  // What is wrong with its address is said before the registry listens.
  const debug = startDebug(settings, { services, health, output, notifications });
  const deliver = output.take.bind(output);
  const loops = await startEventLoops(settings, { parts, services, notifications, deliver });
  const upkeep = startUpkeep(settings, services);
  return async () => {
    state.set("isDraining", true);
    const delayMs = Math.min(settings.http.draindelay, TIMER_MS_MAX);
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    health.stop();
    upkeep.stop();
    for (const stop of stops) stop();
    await loops.drain();
    await notifications?.stop();
    await debug?.close();
  };
}

function sayHealth(log: Log, failures: Failures): void {
  const all = Object.entries(failures).map(([name, why]) => `${name}: ${why}`);
  if (all.length === 0) log.info("all health checks are well again");
  else log.error("requests are turned down, as health checks fail", { "health.failures": all });
}

/** What the pages of the debug server tell of. */
interface DebugSubjects {
  readonly services: Services;
  readonly health: Health;
  readonly output: ProcessLines;
  readonly notifications: Notifications | null;
}

function startDebug(settings: Settings, subjects: DebugSubjects): DebugServer | null {
  const { services: { metrics, state, log, readOnly }, health, output, notifications } = subjects;
  const { addr, prometheus } = settings.http.debug;
  if (addr === null) return null;
  const root = settings.storage.filesystem?.rootdirectory ?? null;
  const read = async (all: Metrics): Promise<Metrics> => {
    lookAtProcess(all, root);
    countNotifications(all, await notifications?.counts() ?? []);
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
