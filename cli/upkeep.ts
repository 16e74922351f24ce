/**
 * What looks after the store while the server runs, each in a thread of its own: collection, the purge of uploads, and
 * the survey for the metrics.
 *
 * @module
 */

import type { Log } from "../registry/log.ts";
import type { Metrics } from "../registry/metrics.ts";
import { PURGE_DELAY_MS_MAX, TIMER_MS_MAX } from "../storage/limits.ts";
import type { Services } from "./services.ts";
import type { Settings } from "./settings/table.ts";
import { UpkeepMetrics } from "./upkeep_metrics.ts";
import type { UpkeepReport } from "./upkeep_report.ts";

/** What runs at intervals. */
export interface Upkeep {
  /** Ends it, wherever it is: all of it leaves a whole store wherever it stops. */
  stop(): void;
}

/** Starts what the settings ask for. */
export function startUpkeep(
  settings: Settings,
  { log, metrics, readOnly }: Pick<Services, "log" | "metrics" | "readOnly">,
): Upkeep {
  const hear = listener(log, metrics);
  const parts = [
    settings.gc.interval > 0 ? startCollector(settings, hear) : null,
    isPurging(settings) ? startPurger(settings, () => readOnly.isOn, hear) : null,
    metrics !== null && isSurveying(settings) ? startSurveyor(settings, hear) : null,
  ];
  return {
    stop(): void {
      for (const part of parts) part?.stop();
    },
  };
}

type Hear = (report: UpkeepReport) => void;

function listener(log: Log, metrics: Metrics | null): Hear {
  const counts = metrics === null ? null : new UpkeepMetrics(metrics);
  return (report) => {
    if (report.kind === "said") log[report.level](report.message);
    else counts?.hear(report);
  };
}

/** Collects at intervals. The thread stays, as it waits for the next one itself. */
function startCollector(settings: Settings, hear: Hear): Upkeep {
  const worker = new Worker(new URL("./gc_worker.ts", import.meta.url), { type: "module" });
  begin(worker, "collecting ended", settings, hear);
  return { stop: () => worker.terminate() };
}

/**
 * Purges after a random time of at most an hour and an interval, so that servers that start together do not look
 * together, and then once each interval.
 */
function startPurger(settings: Settings, isReadOnly: () => boolean, hear: Hear): Upkeep {
  const intervalMs = Math.min(settings.storage.maintenance.uploadpurging.interval, TIMER_MS_MAX);
  const delayMs = Math.random() * Math.min(PURGE_DELAY_MS_MAX, intervalMs);
  return repeat(intervalMs, delayMs, (ended) => {
    if (isReadOnly()) return null;
    const worker = new Worker(new URL("./purge_worker.ts", import.meta.url), { type: "module" });
    return begin(worker, "upload purging", settings, hear, ended);
  });
}

function startSurveyor(settings: Settings, hear: Hear): Upkeep {
  const intervalMs = Math.min(settings.http.debug.prometheus.surveyinterval, TIMER_MS_MAX);
  return repeat(intervalMs, 0, (ended) => {
    const worker = new Worker(new URL("./survey_worker.ts", import.meta.url), { type: "module" });
    return begin(worker, "survey of the store", settings, hear, ended);
  });
}

/** Whether the settings ask for purges, and there is something that can be purged. */
function isPurging({ storage }: Settings): boolean {
  const { maintenance, filesystem } = storage;
  return maintenance.uploadpurging.enabled && !maintenance.readonly.enabled && filesystem !== null;
}

/** Memory is of one thread, and no other could look at it. */
function isSurveying({ http, storage }: Settings): boolean {
  return http.debug.prometheus.surveyinterval > 0 && storage.filesystem !== null;
}

/** Does something now and again, in a thread that is there only while it works. One that takes longer goes on. */
function repeat(
  intervalMs: number,
  delayMs: number,
  start: (ended: () => void) => Worker | null,
): Upkeep {
  let worker: Worker | null = null;
  const run = (): void => {
    timer = setTimeout(run, intervalMs);
    worker ??= start(() => worker = null);
  };
  let timer = setTimeout(run, delayMs);
  return {
    stop(): void {
      clearTimeout(timer);
      worker?.terminate();
    },
  };
}

function begin(
  worker: Worker,
  name: string,
  settings: Settings,
  hear: Hear,
  ended: () => void = () => {},
): Worker {
  worker.onmessage = ({ data }: MessageEvent<UpkeepReport>): void => {
    if (data.kind === "ended") ended();
    else hear(data);
  };
  worker.onerror = (event): void => {
    event.preventDefault();
    ended();
    hear({ kind: "said", level: "error", message: `${name}: ${event.message}` });
  };
  worker.postMessage(settings);
  return worker;
}
