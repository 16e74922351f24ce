/**
 * nginx with TLS in front of a berth on a unix socket.
 *
 * @module
 */

import { freePort, sendSignal } from "../harness.ts";

/** Longest wait for nginx to listen, in milliseconds. */
const START_TIMEOUT_MS = 30_000;

/** What nginx serves. */
export interface NginxOptions {
  /** Where its files are: `nginx.pem` and `nginx.key`, and what it writes. */
  readonly directory: string;
  /** The socket that requests are handed on to. */
  readonly socket: string;
  /** The prefix of the registry behind it, whose `/v2/` clients find at the root all the same. */
  readonly prefix?: string;
}

/** The configuration: the server of the README, and below a prefix a way to it from `/v2/`, where clients look. */
function nginxConfig({ directory, socket, prefix = "/" }: NginxOptions, port: number): string {
  const root = prefix === "/"
    ? ""
    : `location /v2/ { proxy_pass http://unix:${socket}:${prefix}v2/; }`;
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
  server {
    listen 127.0.0.1:${port} ssl;
    ssl_certificate ${directory}/nginx.pem;
    ssl_certificate_key ${directory}/nginx.key;
    client_max_body_size 0;
    proxy_http_version 1.1;
    proxy_request_buffering off;
    proxy_buffering off;
    proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-Proto $scheme;
    proxy_set_header X-Forwarded-For $remote_addr;
    location / { proxy_pass http://unix:${socket}; }
    ${root}
  }
}
`;
}

/** Starts nginx on a free port of 127.0.0.1, runs a function with its `host:port`, and ends it. */
export async function withNginx(
  options: NginxOptions,
  body: (host: string) => Promise<void>,
): Promise<void> {
  const { directory, socket } = options;
  const port = freePort();
  await Deno.writeTextFile(`${directory}/nginx.conf`, nginxConfig(options, port));
  // Debian's nginx runs its workers as another user, who has to reach the socket.
  await Deno.chmod(directory, 0o755);
  await Deno.chmod(socket, 0o777);
  const nginx = new Deno.Command("nginx", {
    args: ["-p", directory, "-c", `${directory}/nginx.conf`, "-e", `${directory}/error.log`],
    stdout: "null",
    stderr: "null",
  }).spawn();
  try {
    await untilListening(port);
    await body(`127.0.0.1:${port}`);
  } finally {
    sendSignal(nginx, "SIGTERM");
    await nginx.status;
  }
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
