/**
 * How much memory a process has taken, as Linux counts it (proc(5)).
 *
 * @module
 */

const BYTES_PER_KIB = 1024;

/** The most memory that a process has had resident so far, in bytes. Linux only. */
export async function peakResidentBytes(pid: number): Promise<number> {
  return parsePeakResident(await Deno.readTextFile(`/proc/${pid}/status`));
}

/** The memory that a process has resident now, in bytes. Linux only. */
export async function residentBytes(pid: number): Promise<number> {
  return parseMemory(await Deno.readTextFile(`/proc/${pid}/status`), "VmRSS");
}

/** Lets the peak of a process begin again at what is resident now. Linux only; throws for a process of someone else. */
export async function resetPeakResident(pid: number): Promise<void> {
  await Deno.writeTextFile(`/proc/${pid}/clear_refs`, "5");
}

/** Reads `VmHWM` out of `/proc/<pid>/status`. Throws when it is not there. */
export function parsePeakResident(status: string): number {
  return parseMemory(status, "VmHWM");
}

function parseMemory(status: string, name: string): number {
  const kib = new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status)?.[1];
  if (kib === undefined) throw new Error(`No ${name} in the status of the process`);
  return Number(kib) * BYTES_PER_KIB;
}
