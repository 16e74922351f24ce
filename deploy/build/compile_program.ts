/**
 * Makes one executable of a bundle.
 *
 * @module
 */

import configuration from "../../deno.json" with { type: "json" };
import type { Bundle } from "./bundle.ts";
import { PERMISSIONS } from "./permissions.ts";
import { BuildError, run } from "./run.ts";
import type { Target } from "./targets.ts";

/** What `deno compile` says when it cannot fetch its runtime. */
const NETWORK_REGEXP = /error sending request for url [^:]+:\/\/[^)]+\)/;

/** The Deno to build with: that of `DENO_COMPILE`, else the one that runs this. */
export function buildingDeno(): string {
  return Deno.env.get("DENO_COMPILE") || Deno.execPath();
}

/**
 * Writes the executable. `deno compile` takes its runtime from `DENORT_BIN` where that is set, which fits one target
 * only, and otherwise from its cache or from Deno's site. Throws a `BuildError` when it cannot.
 */
export async function compileProgram(
  deno: string,
  { directory, main, workers }: Bundle,
  target: Target | null,
  output: string,
): Promise<void> {
  const args = [
    "compile",
    "--quiet",
    "--no-check",
    "--no-config",
    "--no-lock",
    "--no-remote",
    "--no-npm",
    // It would be read from a predictable name in the directory for temporary files, which others may write to.
    "--no-code-cache",
    "--no-prompt",
    ...PERMISSIONS,
    ...configuration.unstable.map((feature) => `--unstable-${feature}`),
    ...workers.flatMap((path) => ["--include", path]),
    ...target === null ? [] : ["--target", target.triple],
    ...["--output", output],
    main,
  ];
  try {
    await run(deno, args, directory);
  } catch (error) {
    const [reason = null] = error instanceof BuildError
      ? NETWORK_REGEXP.exec(error.message) ?? []
      : [];
    if (reason === null) throw error;
    throw new BuildError(
      `Cannot fetch Deno's runtime: ${reason}; ` +
        "where its site is out of reach, DENO_COMPILE and DENORT_BIN name a Deno and its runtime",
      { cause: error },
    );
  }
}
