/**
 * Runs `berth gc` and distribution's `garbage-collect` to their ends.
 *
 * @module
 */

import { copy } from "@std/fs";
import { withTempDir } from "../harness.ts";
import { type Ended, runBerth, runProgram } from "../run_berth.ts";
import { StoreWriter } from "./store.ts";

/** Collects a store with berth. Nothing in it is too young unless `--min-age` is among the arguments. */
export function berthGc(root: string, args: readonly string[] = []): Promise<Ended> {
  const minAge = args.includes("--min-age") ? [] : ["--min-age", "0s"];
  return runBerth(["gc", "--root", root, ...minAge, ...args]);
}

/** The objects that `berth gc --json` printed, the summary last. */
export function jsonLines({ stdout }: Ended): readonly Record<string, unknown>[] {
  return stdout.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}

/** Collects a store with distribution 2.8. */
export async function distributionGc(
  root: string,
  args: readonly string[] = [],
): Promise<Ended> {
  return await withConfig(
    root,
    (config) => runProgram("docker-registry", ["garbage-collect", ...args, config]),
  );
}

/** Runs a function with a configuration file for a store. */
export function withConfig<T>(root: string, body: (config: string) => Promise<T>): Promise<T> {
  return withTempDir("gc_config", async (directory) => {
    const config = `${directory}/config.yml`;
    const storage = { filesystem: { rootdirectory: root }, delete: { enabled: true } };
    await Deno.writeTextFile(config, JSON.stringify({ version: 0.1, storage }));
    return await body(config);
  });
}

/** Runs a function with an empty store, to be written. */
export function withStore<T>(body: (store: StoreWriter) => Promise<T>): Promise<T> {
  return withTempDir("gc", (root) => body(new StoreWriter(root)));
}

/** Runs a function with a copy of a store. */
export function withCopy<T>(root: string, body: (store: StoreWriter) => Promise<T>): Promise<T> {
  return withTempDir("gc_copy", async (directory) => {
    await copy(root, `${directory}/store`, { preserveTimestamps: true });
    return await body(new StoreWriter(`${directory}/store`));
  });
}
