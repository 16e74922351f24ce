/**
 * Settings of the listening socket and of what is said over it.
 *
 * @module
 */

import { WORKERS_FALLBACK_MAX } from "../../../storage/limits.ts";
import {
  address,
  count,
  duration,
  hostPort,
  oneOf,
  path,
  prefix,
  text,
  toggle,
  url,
} from "../kinds.ts";
import { ignored, list, map, refused, required, row, section } from "../nodes.ts";

const LETS_ENCRYPT = section("Certificates by ACME.", {
  cachefile: row(path, null, "where they are kept"),
  email: row(text, null, "whom the authority writes to"),
  hosts: list("names that certificates are asked for", required(text, "a name")),
  directoryurl: row(url, null, "authority other than Let's Encrypt"),
}, refused("let a reverse proxy such as Caddy obtain certificates, or pass http.tls.certificate"));

const TLS = section("HTTPS.", {
  certificate: row(
    path,
    null,
    "PEM file of the certificate and its chain; read again when it changes",
  ),
  key: row(path, null, "PEM file of its key; read again when it changes"),
  clientcas: list(
    "PEM files of authorities for client certificates, read at the start; served by one worker",
    required(path, "a file"),
  ),
  clientauth: row(
    oneOf(
      "request-client-cert",
      "require-any-client-cert",
      "verify-client-cert-if-given",
      "require-and-verify-client-cert",
    ),
    "require-and-verify-client-cert",
    "what clients have to show, with `clientcas`",
  ),
  minimumtls: row(
    oneOf("tls1.2", "tls1.3"),
    "tls1.2",
    "least version; tls1.3 is served by one worker",
  ),
  ciphersuites: list(
    "suites of TLS 1.2",
    required(text, "a suite"),
    refused("Deno chooses them; leave them out"),
  ),
  letsencrypt: LETS_ENCRYPT,
});

const DEBUG = section("A second socket, for operators.", {
  addr: row(
    hostPort,
    null,
    "where it listens, without TLS; it has `/debug/health`, `/livez`, `/readyz` and the metrics",
  ),
  prometheus: section("Metrics for Prometheus.", {
    enabled: row(toggle, "false", "whether there are any"),
    path: row(text, "/metrics", "their path"),
    surveyinterval: row(
      duration,
      "1h",
      "how often the store is surveyed for its size, in a thread of its own; 0s never; berth's own",
    ),
  }),
});

export const HTTP = section("What is listened on, and how answers are made.", {
  addr: row(address, null, "where to listen; port 0 takes a free one, :5000 all interfaces", {
    bare: "127.0.0.1:5000",
    flag: "addr",
    placeholder: "HOST:PORT",
  }),
  net: row(
    oneOf("tcp", "unix"),
    "tcp",
    "whether `addr` is a host and port, or the path of a socket",
  ),
  prefix: row(prefix, "/", "what comes before `/v2/`"),
  host: row(url, null, "URL by which clients know the registry; wins over `relativeurls`"),
  secret: row(text, null, "signs the state of uploads", {
    isSecret: true,
    ...ignored("the state of an upload is in the store"),
  }),
  relativeurls: row(
    toggle,
    "true",
    "whether `Location` and `Link` are paths; distribution's default is false",
  ),
  draintimeout: row(
    duration,
    "30s",
    "how long requests under way may take to end after SIGINT or SIGTERM; distribution's default is 0",
  ),
  idletimeout: row(
    duration,
    "1m",
    "how long the body of a request may bring nothing, or all but nothing; 0 for any time",
  ),
  draindelay: row(
    duration,
    "0s",
    "how long requests are still answered after that signal while `/readyz` says 503; berth's own",
  ),
  tls: TLS,
  headers: map(
    "sent with each answer",
    list("its values", required(text, "a value")),
  ),
  http2: section("HTTP/2, over TLS.", {
    disabled: row(
      toggle,
      "false",
      "whether it is off; one worker serves TLS then",
    ),
  }),
  h2c: section("HTTP/2 without TLS.", {
    enabled: row(toggle, "false", "berth answers clients that begin with it, whatever this says"),
  }),
  debug: DEBUG,
  workers: row(count, machineWorkers(), "event loops that share the port", {
    fallbackWords: `as many as there are cores, at most ${WORKERS_FALLBACK_MAX}, on Linux, else 1`,
    flag: "workers",
    placeholder: "N",
  }),
});

/** Only Linux spreads connections over the sockets that share a port. */
function machineWorkers(): string {
  if (Deno.build.os !== "linux") return "1";
  return String(Math.min(navigator.hardwareConcurrency, WORKERS_FALLBACK_MAX));
}
