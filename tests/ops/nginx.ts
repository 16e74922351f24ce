/**
 * An nginx before a server.
 *
 * @module
 */

/** Longest wait for nginx to listen, in milliseconds. */
const START_TIMEOUT_MS = 30_000;

/** Runs a function while an nginx works in a directory, with these lines in its section `http`. */
export async function runNginx(
  directory: string,
  port: number,
  http: string,
  body: () => Promise<void>,
): Promise<void> {
  await Deno.writeTextFile(`${directory}/nginx.conf`, nginxConfig(directory, http));
  const nginx = new Deno.Command("nginx", {
    args: ["-p", directory, "-c", `${directory}/nginx.conf`, "-e", `${directory}/error.log`],
    stdout: "null",
    stderr: "null",
  }).spawn();
  try {
    await untilListening(port);
    await body();
  } finally {
    nginx.kill("SIGTERM");
    await nginx.status;
  }
}

function nginxConfig(directory: string, http: string): string {
  return `daemon off;
worker_processes 1;
pid ${directory}/nginx.pid;
error_log ${directory}/error.log;
events { worker_connections 256; }
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

async function untilListening(port: number): Promise<void> {
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
