/**
 * How much memory a process has taken, as Linux counts it (proc(5)).
 *
 * @module
 */

/** The most memory that a process has had resident so far, in bytes. Linux only. */
export async function peakResidentBytes(pid: number): Promise<number> {
  return parsePeakResident(await Deno.readTextFile(`/proc/${pid}/status`));
}

/** Reads `VmHWM` out of `/proc/<pid>/status`. Throws when it is not there. */
export function parsePeakResident(status: string): number {
  const kib = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kib === undefined) throw new Error("No VmHWM in the status of the process");
  return Number(kib) * 1024;
}
