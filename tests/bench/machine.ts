/**
 * Where and of what a run was: figures mean nothing without.
 *
 * @module
 */

import { findProgram } from "../harness.ts";
import { runProgram } from "../run_berth.ts";

/** What a run was made on, and of. */
export interface Machine {
  readonly processor: string;
  readonly processors: number;
  readonly memoryBytes: number;
  readonly kernel: string;
  /** Of the directory for temporary files. */
  readonly fileSystem: string;
  /** By the name of the program; without those that are not installed. */
  readonly versions: Readonly<Record<string, string>>;
}

/** How programs tell their version, on stdout or stderr. */
const VERSION_COMMANDS: Readonly<Record<string, readonly string[]>> = {
  "docker-registry": ["--version"],
  nginx: ["-v"],
  wrk: ["-v"],
  curl: ["--version"],
  openssl: ["version"],
};

/** Looks at the machine. What the system does not tell is "unknown". */
export async function describeMachine(): Promise<Machine> {
  return {
    processor: parseProcessor(await readOr("/proc/cpuinfo")),
    processors: navigator.hardwareConcurrency,
    memoryBytes: Deno.systemMemoryInfo().total,
    kernel: `${Deno.build.os} ${Deno.osRelease()}`,
    fileSystem: parseFileSystem(await readOr("/proc/mounts"), Deno.env.get("TMPDIR") ?? "/tmp"),
    versions: {
      berth: await commit(),
      Deno: Deno.version.deno,
      ...await programVersions(),
    },
  };
}

/** The machine in two sentences. */
export function formatMachine(machine: Machine): string {
  const { processor, processors, memoryBytes, kernel, fileSystem, versions } = machine;
  const gib = (memoryBytes / 1024 ** 3).toFixed(0);
  const programs = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `Machine: ${processor}, ${processors} processors, ${gib} GiB of memory, ${kernel}, ${fileSystem}. ` +
    `Versions: ${programs.join(", ")}.`;
}

/** The model in `/proc/cpuinfo`, "unknown" where there is none. */
export function parseProcessor(cpuinfo: string): string {
  return /^model name\s*: (.+)$/m.exec(cpuinfo)?.[1] ?? "unknown";
}

/** The type of the file system that a path is on, by `/proc/mounts`; "unknown" where none fits. */
export function parseFileSystem(mounts: string, path: string): string {
  const fitting = mounts.split("\n").map((line) => line.split(" "))
    .filter(([, point = "-"]) => path === point || path.startsWith(point.replace(/\/?$/, "/")));
  // The longest is the nearest, and of two on one place the later hides the earlier.
  const length = ([, point = ""]: readonly string[]): number => point.length;
  return fitting.toSorted((a, b) => length(a) - length(b)).at(-1)?.[2] ?? "unknown";
}

/** The first thing in a text that looks like a version, "unknown" where nothing does. */
export function parseVersion(text: string): string {
  return /\d+\.\d+[\w.+]*/.exec(text)?.[0] ?? "unknown";
}

async function programVersions(): Promise<Readonly<Record<string, string>>> {
  const versions: Record<string, string> = {};
  for (const [name, args] of Object.entries(VERSION_COMMANDS)) {
    const program = findProgram(name);
    if (program === null) continue;
    const { stdout, stderr } = await runProgram(program, args);
    versions[name] = parseVersion(stdout + stderr);
  }
  return versions;
}

/** The commit of berth, with a plus sign where files were changed since. */
async function commit(): Promise<string> {
  if (findProgram("git") === null) return "unknown";
  const cwd = new URL(".", import.meta.url).pathname;
  const { code, stdout } = await runProgram("git", ["rev-parse", "--short", "HEAD"], { cwd });
  if (code !== 0) return "unknown";
  const changes = await runProgram("git", ["status", "--porcelain", "--untracked-files=no"], {
    cwd,
  });
  return `${stdout.trim()}${changes.stdout === "" ? "" : "+"}`;
}

async function readOr(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch {
    return "";
  }
}
