/**
 * Who is measured.
 *
 * @module
 */

import { findProgram, type RunningServer, startBerth, startDistribution } from "../harness.ts";

/** A server that takes part. */
export interface Contender {
  readonly name: string;
  /** Starts it with its data in a directory of its own. */
  readonly start: (root: string) => Promise<RunningServer>;
}

/** The server that the others are compared with. */
export const REFERENCE_NAME = "docker-registry";

const REFERENCE: Contender = {
  name: REFERENCE_NAME,
  start: (root) => startDistribution({ root }),
};

function berth(workers: number): Contender {
  return {
    name: `berth, ${workers} ${workers === 1 ? "worker" : "workers"}`,
    start: (root) =>
      startBerth({
        root,
        args: ["--workers", String(workers)],
        // As the reference is started.
        env: { REGISTRY_LOG_ACCESSLOG_DISABLED: "true" },
      }),
  };
}

/**
 * The servers that can be started here: berth with one worker and with as many as there are processors, and
 * docker-registry where Debian's package is installed.
 */
export function findContenders(processors: number): readonly Contender[] {
  const workers = [...new Set([1, processors])];
  const reference = findProgram("docker-registry") === null ? [] : [REFERENCE];
  return [...workers.map(berth), ...reference];
}
