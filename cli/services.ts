/**
 * What the threads of a server have in common, and what each of them makes of it.
 *
 * @module
 */

import { REMOVAL_KINDS } from "../gc/removal.ts";
import { Log } from "../registry/log.ts";
import type { LogFields } from "../registry/log_format.ts";
import { Metrics } from "../registry/metrics.ts";
import { CatalogChanges } from "../storage/catalog_changes.ts";
import type { ClientLimits } from "./client_limits.ts";
import { type LineBatch, type ThreadLines, threadLines } from "./log_lines.ts";
import { notificationEndpoints } from "./notification_settings.ts";
import { ReadOnlySwitch } from "./read_only.ts";
import { ServerState } from "./server_state.ts";
import type { Settings } from "./settings/table.ts";
import { VERSION } from "./version.ts";
import { clientLimits } from "./wire.ts";

/** As it is handed to a thread. */
export interface ThreadParts {
  /** Which thread, from 0; that is the main one. */
  readonly index: number;
  /** Names the server in its log: another one at each start. */
  readonly instanceId: string;
  /** The memory of the switch. */
  readonly readOnly: SharedArrayBuffer;
  readonly state: SharedArrayBuffer;
  /** Tells when the catalog may have changed. */
  readonly catalog: SharedArrayBuffer;
  /** The table of clients; `null` without limits. */
  readonly clients: SharedArrayBuffer | null;
  /** `null` when nobody asks for metrics. */
  readonly metrics: SharedArrayBuffer | null;
}

/** As a thread uses it. */
export interface Services {
  readonly readOnly: ReadOnlySwitch;
  readonly state: ServerState;
  readonly catalog: CatalogChanges;
  readonly limits: ClientLimits | null;
  readonly metrics: Metrics | null;
  readonly log: Log;
  readonly lines: ThreadLines;
  /** What each line says of the server. */
  readonly logFields: LogFields;
}

/** What the main thread begins with. */
export function newParts(settings: Settings): ThreadParts {
  const { addr, prometheus } = settings.http.debug;
  return {
    index: 0,
    instanceId: crypto.randomUUID(),
    readOnly: new ReadOnlySwitch().buffer,
    state: new ServerState().buffer,
    catalog: new CatalogChanges().buffer,
    clients: clientLimits(settings)?.buffer ?? null,
    metrics: addr !== null && prometheus.enabled ? openMetrics(settings, 0).buffer : null,
  };
}

/** Makes of the parts what a thread uses. `deliver` takes its log lines. */
export function openServices(
  settings: Settings,
  parts: ThreadParts,
  deliver: (batch: LineBatch) => void,
): Services {
  const state = new ServerState(parts.state);
  const lines = threadLines(deliver);
  const fields = logFields(settings, parts.instanceId);
  return {
    readOnly: new ReadOnlySwitch(parts.readOnly),
    state,
    catalog: new CatalogChanges(parts.catalog),
    limits: parts.clients === null ? null : clientLimits(settings, parts.clients),
    metrics: parts.metrics === null ? null : openMetrics(settings, parts.index, parts.metrics),
    log: new Log({
      format: settings.log.formatter,
      fields,
      level: () => state.isVerbose ? "debug" : settings.log.level,
      write: (line) => lines.stderr.write(line),
      nowMs: Date.now,
    }),
    lines,
    logFields: fields,
  };
}

/** As in distribution. */
function logFields({ log }: Settings, instanceId: string): LogFields {
  return { "instance.id": instanceId, version: VERSION, ...log.fields };
}

function openMetrics(settings: Settings, index: number, buffer?: SharedArrayBuffer): Metrics {
  return new Metrics(
    {
      endpoint: notificationEndpoints(settings).map(({ name }) => name),
      driver: [settings.storage.filesystem === null ? "inmemory" : "filesystem"],
      kind: REMOVAL_KINDS,
      version: [VERSION],
    },
    { count: settings.http.workers, index },
    buffer,
  );
}
