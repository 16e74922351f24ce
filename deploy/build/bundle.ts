/**
 * Makes a few JavaScript files of the sources and packages, which start faster and take less room than they do.
 *
 * @module
 */

import configuration from "../../deno.json" with { type: "json" };
import { emptyDir, ensureDir, walkSync } from "@std/fs";
import type { BuildFacts } from "./build_facts.ts";
import { BuildError, run } from "./run.ts";
import { readSources, REPOSITORY_ROOT, workerFiles } from "./sources.ts";
import { type BundledPackage, packagesIn, type Script, tidyScripts } from "./tidy_bundle.ts";

/** A program in JavaScript. */
export interface Bundle {
  /** The directory that holds it. */
  readonly directory: string;
  /** The file to start, in the directory. */
  readonly main: string;
  /** The files that workers are started with, in the directory. */
  readonly workers: readonly string[];
  /** The packages that are in it. */
  readonly packages: readonly BundledPackage[];
}

const WORKER_URL_REGEXP = /new URL\("(\.{1,2}\/[^"]+\.ts)", import\.meta\.url\)/g;

/**
 * Writes the bundle into a directory below the root of the repository, with the Deno that is given. The same commit gives
 * the same files.
 */
export async function bundle(deno: string, below: string, facts: BuildFacts): Promise<Bundle> {
  const raw = `${REPOSITORY_ROOT}${below}/raw`;
  const directory = `${REPOSITORY_ROOT}${below}/code`;
  const workers = workerFiles(readSources());
  await emptyDir(`${REPOSITORY_ROOT}${below}`);
  await run(deno, [
    "bundle",
    "--quiet",
    "--no-check",
    ...["--config", await writeConfiguration(below, facts)],
    ...["--lock", "deno.lock", "--frozen"],
    ...["--platform", "deno", "--code-splitting", "--outdir", raw],
    "main.ts",
    ...workers,
  ], REPOSITORY_ROOT);
  const scripts = readScripts(raw);
  const tidy = tidyScripts(scripts);
  const doors = workerDoors(tidy, workers);
  const time = new Date(facts.committedAt);
  for (const script of [...tidy, ...doors]) await writeScript(directory, script, time);
  return {
    directory,
    main: "main.js",
    workers: doors.map(({ path }) => path),
    packages: packagesIn(scripts),
  };
}

/** The program finds version and commit where its sources find `deno.json`. */
async function writeConfiguration(below: string, { version, commit }: BuildFacts): Promise<string> {
  const directory = `${REPOSITORY_ROOT}${below}`;
  const up = "../".repeat(below.split("/").length);
  const imports = { ...configuration.imports, [`${up}deno.json`]: "./manifest.json" };
  await Deno.writeTextFile(`${directory}/manifest.json`, JSON.stringify({ version, commit }));
  await Deno.writeTextFile(
    `${directory}/deno.json`,
    JSON.stringify({ imports, nodeModulesDir: configuration.nodeModulesDir }),
  );
  return `${directory}/deno.json`;
}

/**
 * The code of a worker stands where its source stood, but whoever starts it may have moved. So each place that a worker
 * is looked for gets a file that only imports it.
 */
function workerDoors(scripts: readonly Script[], workers: readonly string[]): readonly Script[] {
  const byName = new Map(workers.map((path) => [fileName(path), path]));
  const doors = new Map<string, string>();
  for (const { path, text } of scripts) {
    for (const [, specifier = ""] of text.matchAll(WORKER_URL_REGEXP)) {
      const door = new URL(specifier, `file:///${path}`).pathname.slice(1);
      const worker = byName.get(fileName(door));
      if (worker !== undefined) doors.set(door, worker);
    }
  }
  const opened = new Set(doors.values());
  const forgotten = workers.filter((path) => !opened.has(path));
  if (byName.size !== workers.length || forgotten.length > 0) {
    throw new BuildError(
      `Cannot bundle ${forgotten.join(", ") || workers.join(", ")}: ` +
        "each worker needs a file name of its own, and somebody who starts it",
    );
  }
  return [...doors].map(([path, worker]) => {
    const up = "../".repeat(path.split("/").length - 1) || "./";
    return { path, text: `import "${up}${worker.replace(/\.ts$/, ".js")}";\n` };
  });
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** The scripts below a directory, in the order of their paths. */
function readScripts(directory: string): readonly Script[] {
  return [...walkSync(directory, { includeDirs: false })]
    .map(({ path }) => ({
      path: path.slice(directory.length + 1).replaceAll("\\", "/"),
      text: Deno.readTextFileSync(path),
    }))
    .toSorted((a, b) => a.path < b.path ? -1 : 1);
}

/** The executable holds the times of its files, too. */
async function writeScript(directory: string, { path, text }: Script, time: Date): Promise<void> {
  const file = `${directory}/${path}`;
  await ensureDir(file.slice(0, file.lastIndexOf("/")));
  await Deno.writeTextFile(file, text);
  await Deno.utime(file, time, time);
}
