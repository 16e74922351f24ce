/**
 * The source files of the program.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { walkSync } from "@std/fs";

/** The directory that holds `deno.json`, with a slash at its end. */
export const REPOSITORY_ROOT: string = fileURLToPath(new URL("../../", import.meta.url));

const ROOMS: readonly string[] = ["cli", "gc", "registry", "storage"];

const WORKER_REGEXP =
  /\bnew Worker\(\s*new URL\("(?<path>\.{1,2}\/[^"]+)", import\.meta\.url\),\s*\{ type: "module" \},?\s*\)/g;

/** A file of the program. */
export interface SourceFile {
  /** Below the root of the repository. */
  readonly path: string;
  readonly text: string;
}

/** Reads every file of the program, in the order of their paths. */
export function readSources(): readonly SourceFile[] {
  return ROOMS.flatMap((room) =>
    [...walkSync(`${REPOSITORY_ROOT}${room}`, { includeDirs: false, exts: ["ts"] })]
      .map(({ path }) => path)
      .filter((path) => !path.endsWith("_test.ts"))
      .toSorted()
      .map((path) => ({
        path: path.slice(REPOSITORY_ROOT.length).replaceAll("\\", "/"),
        text: Deno.readTextFileSync(path),
      }))
  );
}

/** The files that workers are started with, each once, below the root of the repository. */
export function workerFiles(sources: readonly SourceFile[]): readonly string[] {
  return [...new Set(sources.flatMap(workersStartedBy))].toSorted();
}

/**
 * The files that one file starts workers with. Throws a `TypeError` when it starts one in a way that a build cannot
 * follow.
 */
export function workersStartedBy({ path, text }: SourceFile): readonly string[] {
  const found = [...text.matchAll(WORKER_REGEXP)];
  if (found.length !== text.split("new Worker(").length - 1) {
    throw new TypeError(
      `${path}: write new Worker(new URL("./file.ts", import.meta.url), { type: "module" }), ` +
        "so that the file gets into the executable",
    );
  }
  return found.map(({ groups }) =>
    new URL(groups?.["path"] ?? "", `file:///${path}`).pathname.slice(1)
  );
}
