/**
 * Starts and ends nginx.
 *
 * @module
 */

import { sendSignal } from "./harness.ts";

/** Longest wait for nginx to listen, in milliseconds. */
const START_TIMEOUT_MS = 30_000;

/** A running nginx. */
export interface RunningNginx {
  /** Of the master. */
  readonly pid: number;
  /** Sends a signal without waiting. */
  kill(signal: Deno.Signal): void;
  /** Ends it (SIGTERM unless said otherwise), waits, and returns its exit code. */
  stop(signal?: Deno.Signal): Promise<number>;
}

/**
 * Starts nginx in a directory, which gets its configuration, its logs and its temporary files, and waits until it
 * listens on a port of 127.0.0.1. What is given goes into the `http` block.
 */
export async function startNginx(
  directory: string,
  port: number,
  http: string,
): Promise<RunningNginx> {
  await Deno.writeTextFile(`${directory}/nginx.conf`, nginxConfig(directory, http));
  const child = new Deno.Command("nginx", {
    args: ["-p", directory, "-c", `${directory}/nginx.conf`, "-e", `${directory}/error.log`],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const nginx: RunningNginx = {
    pid: child.pid,
    kill: (signal) => sendSignal(child, signal),
    async stop(signal = "SIGTERM"): Promise<number> {
      sendSignal(child, signal);
      return (await child.status).code;
    },
  };
  try {
    await untilListening(port);
    return nginx;
  } catch (error) {
    await nginx.stop();
    throw error;
  }
}

function nginxConfig(directory: string, http: string): string {
  // Debian's nginx runs its workers as another user, who could not read temporary directories of root.
  const user = Deno.uid() === 0 ? "user root;" : "";
  return `daemon off;
${user}
worker_processes auto;
pid ${directory}/nginx.pid;
error_log ${directory}/error.log;
events { worker_connections 4096; }
http {
  access_log off;
  client_body_temp_path ${directory}/body;
  proxy_temp_path ${directory}/proxy;
  fastcgi_temp_path ${directory}/fastcgi;
  uwsgi_temp_path ${directory}/uwsgi;
  scgi_temp_path ${directory}/scgi;
${http}
}
`;
}

/** Waits until somebody listens on a port of 127.0.0.1. Throws when nobody does in time. */
export async function untilListening(port: number): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (true) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}
