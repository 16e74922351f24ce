/**
 * A machine with nothing but the executable: no Deno, no source, no home, no network.
 *
 * @module
 */

import { BERTH_BINARY, findProgram } from "../harness.ts";
import { runProgram } from "../run_berth.ts";

/** What cron gives to a job that asks for nothing. */
const CRON_PATH = "PATH=/usr/bin:/bin";

const NEEDED: readonly string[] = ["busybox", "chroot", "ldd", "nsenter", "unshare"];

/** Why there can be no such machine here; `null` when there can. */
export async function whyNoFreshMachine(): Promise<string | null> {
  if (BERTH_BINARY === null) return "skipped: BERTH_BINARY names no executable";
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return "skipped: needs root on Linux";
  const missing = NEEDED.filter((program) => findProgram(program) === null);
  if (missing.length > 0) return `skipped: not installed: ${missing.join(", ")}`;
  const { code } = await runProgram("unshare", [
    "--mount",
    "--net",
    "mount",
    "-t",
    "proc",
    "p",
    "/proc",
  ]);
  return code === 0 ? null : "skipped: namespaces are not allowed here";
}

/** The libraries that an executable is linked to. */
export async function librariesOf(executable: string): Promise<readonly string[]> {
  const { stdout } = await runProgram("ldd", [executable]);
  return [...stdout.matchAll(/\s(\/\S+)/g)].map(([, path = ""]) => path);
}

/** Copies a file to the same path below a directory. */
export async function copyBelow(root: string, path: string): Promise<void> {
  await Deno.mkdir(`${root}${path.slice(0, path.lastIndexOf("/"))}`, { recursive: true });
  await Deno.copyFile(path, `${root}${path}`);
}

/** Puts the executable and the libraries that it is linked to below a directory; the result runs commands there. */
export async function makeFreshMachine(root: string): Promise<readonly string[]> {
  const binary = BERTH_BINARY ?? "";
  for (const path of [binary, ...await librariesOf(binary)]) {
    await copyBelow(root, path);
  }
  for (const directory of ["proc", "tmp", "data"]) {
    await Deno.mkdir(`${root}/${directory}`, { recursive: true });
  }
  // Mounts are for the command alone, and its network is a loopback of its own.
  const enter = `mount -t proc proc "$0/proc" && busybox ip link set lo up && ` +
    `exec env -i ${CRON_PATH} ${findProgram("chroot")} "$0" "$@"`;
  return ["unshare", "--mount", "--net", "sh", "-c", enter, root];
}
