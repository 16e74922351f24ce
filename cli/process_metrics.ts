/**
 * The metrics of the process and of the file system below the store, looked at when somebody asks.
 *
 * @module
 */

import { statfsSync } from "node:fs";
import process from "node:process";
import type { MetricName } from "../registry/metric_rows.ts";
import type { Metrics } from "../registry/metrics.ts";

const US_IN_ONE_SECOND = 1_000_000;
const MS_IN_ONE_SECOND = 1_000;

/** Looks at the process, and at the volume of a directory unless it is `null`. */
export function lookAtProcess(metrics: Metrics, root: string | null): void {
  const set = (name: MetricName, value: number): void => metrics.family(name).set(value);
  const { user, system } = process.cpuUsage();
  set("process_cpu_seconds_total", (user + system) / US_IN_ONE_SECOND);
  set("process_resident_memory_bytes", Deno.memoryUsage().rss);
  set("process_start_time_seconds", performance.timeOrigin / MS_IN_ONE_SECOND);
  set("process_open_fds", known(openFiles));
  set("process_max_fds", known(openFilesMax));
  set("process_virtual_memory_bytes", known(virtualBytes));
  if (root === null) return;
  const volume = known(() => statfsSync(root));
  if (volume === 0) return;
  set("berth_store_volume_bytes", volume.blocks * volume.bsize);
  set("berth_store_volume_free_bytes", volume.bavail * volume.bsize);
}

/** 0 where it cannot be found out: on another system, or because Deno was not allowed to. */
function known<T>(look: () => T): T | 0 {
  try {
    return look();
  } catch {
    return 0;
  }
}

function openFiles(): number {
  return [...Deno.readDirSync("/proc/self/fd")].length;
}

function openFilesMax(): number {
  return Number(/^Max open files\s+(\d+)/m.exec(Deno.readTextFileSync("/proc/self/limits"))?.[1]);
}

/** The 23rd field (proc(5), `/proc/pid/stat`); the second one has a name in parentheses, which may hold anything. */
function virtualBytes(): number {
  const stat = Deno.readTextFileSync("/proc/self/stat");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[20]);
}
