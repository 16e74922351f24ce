/**
 * Makes a few JavaScript files of the sources and packages, which start faster and take less room than they do.
 *
 * @module
 */

import configuration from "../../deno.json" with { type: "json" };
import type { BuildFacts } from "./build_facts.ts";
import { BuildError, run } from "./run.ts";
import { readSources, REPOSITORY_ROOT, workerFiles } from "./sources.ts";

/** A program in JavaScript. */
export interface Bundle {
  /** The directory that holds it. */
  readonly directory: string;
  /** The file to start, in the directory. */
  readonly main: string;
  /** The files that workers are started with, in the directory. */
  readonly workers: readonly string[];
}

const WORKER_URL_REGEXP = /new URL\("(\.{1,2}\/[^"]+\.ts)", import\.meta\.url\)/g;

/** Writes the bundle into a directory below the root of the repository, with the Deno that is given. */
export async function bundle(deno: string, below: string, facts: BuildFacts): Promise<Bundle> {
  const directory = `${REPOSITORY_ROOT}${below}/`;
  const workers = workerFiles(readSources());
  await emptyDirectory(directory);
  await run(deno, [
    "bundle",
    "--quiet",
    "--no-check",
    ...["--config", await writeConfiguration(directory, below, facts)],
    ...["--lock", "deno.lock", "--frozen"],
    ...["--platform", "deno", "--code-splitting", "--outdir", `${directory}code`],
    "main.ts",
    ...workers,
  ], REPOSITORY_ROOT);
  const doors = await writeDoors(`${directory}code`, workers);
  return { directory: `${directory}code`, main: "main.js", workers: doors };
}

async function emptyDirectory(directory: string): Promise<void> {
  try {
    await Deno.remove(directory, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  await Deno.mkdir(directory, { recursive: true });
}

/** The program finds version and commit where its sources find `deno.json`. */
async function writeConfiguration(
  directory: string,
  below: string,
  { version, commit }: BuildFacts,
): Promise<string> {
  const up = "../".repeat(below.split("/").length);
  const imports = { ...configuration.imports, [`${up}deno.json`]: "./manifest.json" };
  await Deno.writeTextFile(`${directory}manifest.json`, JSON.stringify({ version, commit }));
  await Deno.writeTextFile(
    `${directory}deno.json`,
    JSON.stringify({ imports, nodeModulesDir: configuration.nodeModulesDir }),
  );
  return `${directory}deno.json`;
}

/**
 * The code of a worker stands where its source stood, but whoever starts it may have moved. So each place that a worker
 * is looked for gets a file that only imports it.
 */
async function writeDoors(
  directory: string,
  workers: readonly string[],
): Promise<readonly string[]> {
  const byName = new Map(workers.map((path) => [path.slice(path.lastIndexOf("/") + 1), path]));
  const doors = new Map<string, string>();
  for (const { path, text } of readScripts(directory)) {
    for (const [, specifier = ""] of text.matchAll(WORKER_URL_REGEXP)) {
      const door = new URL(specifier, `file:///${path}`).pathname.slice(1);
      const worker = byName.get(door.slice(door.lastIndexOf("/") + 1));
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
  for (const [door, worker] of doors) {
    const up = "../".repeat(door.split("/").length - 1) || "./";
    const code = `${up}${worker.replace(/\.ts$/, ".js")}`;
    await Deno.writeTextFile(`${directory}/${door}`, `import "${code}";\n`);
  }
  return [...doors.keys()].toSorted();
}

function* readScripts(directory: string, below = ""): Generator<{ path: string; text: string }> {
  for (const { name, isDirectory } of Deno.readDirSync(`${directory}/${below}`)) {
    const path = `${below}${name}`;
    if (isDirectory) yield* readScripts(directory, `${path}/`);
    else yield { path, text: Deno.readTextFileSync(`${directory}/${path}`) };
  }
}
