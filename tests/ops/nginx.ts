/**
 * nginx with TLS in front of a berth on a unix socket.
 *
 * @module
 */

import { freePort } from "../harness.ts";
import { startNginx } from "../nginx.ts";

/** What nginx serves. */
export interface NginxOptions {
  /** Where its files are: `nginx.pem` and `nginx.key`, and what it writes. */
  readonly directory: string;
  /** The socket that requests are handed on to. */
  readonly socket: string;
  /** The prefix of the registry behind it, whose `/v2/` clients find at the root all the same. */
  readonly prefix?: string;
}

/** The server of the README, and below a prefix a way to it from `/v2/`, where clients look. */
function tlsServer({ directory, socket, prefix = "/" }: NginxOptions, port: number): string {
  const root = prefix === "/"
    ? ""
    : `location /v2/ { proxy_pass http://unix:${socket}:${prefix}v2/; }`;
  return `  server {
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
  }`;
}

/** Starts nginx on a free port of 127.0.0.1, runs a function with its `host:port`, and ends it. */
export async function withNginx(
  options: NginxOptions,
  body: (host: string) => Promise<void>,
): Promise<void> {
  const port = freePort();
  const nginx = await startNginx(options.directory, port, tlsServer(options, port));
  try {
    await body(`127.0.0.1:${port}`);
  } finally {
    await nginx.stop();
  }
}
