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
import { startListening } from "../listening.ts";
import { startNginx } from "../nginx.ts";

/** A server while it is measured. */
export type MeasuredServer = Pick<RunningServer, "url" | "host" | "root" | "pid" | "kill" | "stop">;

/** A server that takes part. */
export interface Contender {
  readonly name: string;
  /** Starts it with its data in a directory of its own. */
  readonly start: (root: string) => Promise<MeasuredServer>;
  /** Whether it gets its content as files below {@linkcode STATIC_FILES} in place of pushes. */
  readonly servesFiles?: true;
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

/** The ceiling of what `Deno.serve` can do with so many threads: the same bytes, and no registry. */
export function bareName(workers: number): string {
  return `Deno alone, ${countOf(workers)}`;
}

/** What berth is called that serves with so many workers. */
export function berthName(workers: number): string {
  return `berth, ${countOf(workers)}`;
}

function countOf(workers: number): string {
  return `${workers} ${workers === 1 ? "worker" : "workers"}`;
}

/** With how many workers berth is measured: as many as there are processors, and one. */
export function workerCounts(processors: number): readonly number[] {
  return [...new Set([1, processors])];
}

/** Deno alone, in all ways in which it is measured here. */
export const BARE_NAMES: readonly string[] = workerCounts(navigator.hardwareConcurrency)
  .map(bareName);

/** Where the files of servers of files are, below their directories. */
export const STATIC_FILES = "www";

const REFERENCE: Contender = {
  name: REFERENCE_NAME,
  start: (root) => startDistribution({ root }),
};

const NGINX: Contender = { name: NGINX_NAME, start: startStaticServer, servesFiles: true };

function berth(workers: number): Contender {
  return {
    name: berthName(workers),
    start: (root) =>
      startBerth({
        root,
        args: ["--workers", String(workers)],
        // As docker-registry's is off.
        env: { REGISTRY_LOG_ACCESSLOG_DISABLED: "true" },
      }),
  };
}

function bare(workers: number): Contender {
  return {
    name: bareName(workers),
    start: (root) => startBareServer(root, workers),
    servesFiles: true,
  };
}

/**
 * The servers that can be started here: berth and Deno alone with one worker and with as many as there are processors,
 * and docker-registry and nginx where they are installed.
 */
export function findContenders(processors: number): readonly Contender[] {
  const workers = workerCounts(processors);
  const rivals = [REFERENCE, NGINX].filter(({ name }) => findProgram(name) !== null);
  return [...workers.map(berth), ...rivals, ...workers.map(bare)];
}

async function startBareServer(root: string, workers: number): Promise<MeasuredServer> {
  const files = `${root}/${STATIC_FILES}`;
  await Deno.mkdir(files);
  const port = freePort();
  const host = `127.0.0.1:${port}`;
  const module = new URL("bare_server.ts", import.meta.url).pathname;
  const deno = await startListening(Deno.execPath(), [
    ...["run", "--quiet", "--allow-net", "--allow-read", "--allow-write"],
    ...[module, files, String(port), String(workers), root],
  ], port);
  return { ...deno, url: `http://${host}`, host, root };
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
