/**
 * Starts nginx.
 *
 * @module
 */

import { type RunningProgram, startListening } from "./listening.ts";

/**
 * Starts nginx in a directory, which gets its configuration, its logs and its temporary files, and waits until it
 * listens on a port of 127.0.0.1. What is given goes into the `http` block.
 */
export async function startNginx(
  directory: string,
  port: number,
  http: string,
): Promise<RunningProgram> {
  const config = `${directory}/nginx.conf`;
  await Deno.writeTextFile(config, nginxConfig(directory, http));
  return await startListening(
    "nginx",
    ["-p", directory, "-c", config, "-e", `${directory}/error.log`],
    port,
  );
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
