/**
 * Who is measured.
 *
 * @module
 */

import {
  findProgram,
  freePort,
  type RunningServer,
  startBerth,
  startDistribution,
} from "../harness.ts";
import { startNginx } from "../nginx.ts";

/** A server while it is measured. */
export type MeasuredServer = Pick<RunningServer, "url" | "host" | "root" | "pid" | "kill" | "stop">;

/** A server that takes part. */
export interface Contender {
  readonly name: string;
  /** Starts it with its data in a directory of its own. */
  readonly start: (root: string) => Promise<MeasuredServer>;
}

/** The server that the others are compared with. */
export const REFERENCE_NAME = "docker-registry";

/** The ceiling of reads: the same bytes, as static files at the same paths. */
export const NGINX_NAME = "nginx";

/** The ceiling of pushes: the slower of writing to the disk and of hashing. */
export const TOOLS_NAME = "dd, openssl";

/** Whether a contender is berth, in whatever form. */
export function isBerth(name: string): boolean {
  return name.startsWith("berth");
}

/** Where the files of nginx are, below its directory. */
export const STATIC_FILES = "www";

const REFERENCE: Contender = {
  name: REFERENCE_NAME,
  start: (root) => startDistribution({ root }),
};

const NGINX: Contender = { name: NGINX_NAME, start: startStaticServer };

function berth(workers: number): Contender {
  return {
    name: `berth, ${workers} ${workers === 1 ? "worker" : "workers"}`,
    start: (root) =>
      startBerth({
        root,
        args: ["--workers", String(workers)],
        // As docker-registry's is off.
        env: { REGISTRY_LOG_ACCESSLOG_DISABLED: "true" },
      }),
  };
}

/**
 * The servers that can be started here: berth with one worker and with as many as there are processors, and
 * docker-registry and nginx where they are installed.
 */
export function findContenders(processors: number): readonly Contender[] {
  const workers = [...new Set([1, processors])];
  const rivals = [REFERENCE, NGINX].filter(({ name }) => findProgram(name) !== null);
  return [...workers.map(berth), ...rivals];
}

async function startStaticServer(root: string): Promise<MeasuredServer> {
  const files = `${root}/${STATIC_FILES}`;
  await Deno.mkdir(files);
  const port = freePort();
  const host = `127.0.0.1:${port}`;
  const nginx = await startNginx(
    root,
    port,
    `  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000000;
  default_type application/octet-stream;
  server {
    listen ${host} reuseport backlog=4096;
    root ${files};
    location = /v2/ { default_type application/json; return 200 "{}"; }
  }`,
  );
  return { ...nginx, url: `http://${host}`, host, root };
}
