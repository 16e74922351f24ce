/**
 * What a server spends while it is measured, as Linux counts it (proc(5)).
 *
 * @module
 */

import { peakResidentBytes, resetPeakResident } from "../load/memory.ts";

/** Ticks of `/proc/<pid>/stat` in a second (USER_HZ, which no architecture that Deno runs on has otherwise). */
const TICKS_PER_SECOND = 100;

/** What one measurement cost a server, with its children. */
export interface Usage {
  /** In user and kernel mode together. */
  readonly cpuSeconds: number;
  /** The most that was resident at once. Memory that children share counts for each of them. */
  readonly peakBytes: number;
}

/** Runs a measurement and tells beside its result what it cost the process; `null` where the system does not say. */
export async function withUsage<T>(
  pid: number,
  body: () => Promise<T>,
): Promise<{ readonly result: T; readonly usage: Usage | null }> {
  if (Deno.build.os !== "linux") return { result: await body(), usage: null };
  const pids = await processTree(pid);
  for (const one of pids) await resetPeakResident(one);
  const before = await sum(pids, cpuSeconds);
  const result = await body();
  const usage = {
    cpuSeconds: await sum(pids, cpuSeconds) - before,
    peakBytes: await sum(pids, peakResidentBytes),
  };
  return { result, usage };
}

/** Reads the seconds of CPU out of `/proc/<pid>/stat`. Throws when it is not of that form. */
export function parseCpuSeconds(stat: string): number {
  // The second field is a name in parentheses that may hold anything; the times are the 14th and the 15th.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[11]) + Number(fields[12]);
  if (!Number.isFinite(ticks)) throw new Error(`No times in "${stat}"`);
  return ticks / TICKS_PER_SECOND;
}

async function cpuSeconds(pid: number): Promise<number> {
  return parseCpuSeconds(await Deno.readTextFile(`/proc/${pid}/stat`));
}

/** A process and its children, such as the workers of nginx. */
async function processTree(pid: number): Promise<readonly number[]> {
  const children = await Deno.readTextFile(`/proc/${pid}/task/${pid}/children`);
  return [pid, ...children.split(" ").filter((child) => child.trim() !== "").map(Number)];
}

async function sum(
  pids: readonly number[],
  figure: (pid: number) => Promise<number>,
): Promise<number> {
  let total = 0;
  for (const pid of pids) total += await figure(pid);
  return total;
}
