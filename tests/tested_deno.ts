/**
 * The Deno that berth runs on in the tests, which is another one where an executable is tested.
 *
 * @module
 */

import { BERTH_BINARY } from "./harness.ts";
import { runBerth } from "./run_berth.ts";

/** Its version. */
export const TESTED_DENO: string = BERTH_BINARY === null
  ? Deno.version.deno
  : await versionOfBinary();

async function versionOfBinary(): Promise<string> {
  const { stdout } = await runBerth(["--version"]);
  return /Deno (\d[^,]*)/.exec(stdout)?.[1] ?? "";
}
