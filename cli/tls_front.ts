/**
 * TLS as `Deno.serve` cannot do it: with certificates of clients, with TLS 1.3 alone, without HTTP/2.
 *
 * @module
 */

import { connect, type Socket } from "node:net";
import { createServer, type TlsOptions, type TLSSocket } from "node:tls";
import { StorageError } from "../storage/errors.ts";
import { TLS_FILES_LOOK_MS } from "../storage/limits.ts";
import type { TcpAddress } from "./address.ts";
import { Answers } from "./answers.ts";
import {
  type Certificate,
  type CertificateFiles,
  certificateStamp,
  readCertificate,
} from "./certificate.ts";
import type { Handler, Listener } from "./listener.ts";
import { isDenoSince } from "./version.ts";

/** What clients have to show. The names are those of distribution's `http.tls.clientauth`. */
export type ClientAuth =
  | "request-client-cert"
  | "require-any-client-cert"
  | "verify-client-cert-if-given"
  | "require-and-verify-client-cert";

/** What is asked of connections beyond a certificate of the server. */
export interface TlsFrontOptions {
  /** PEM texts of the authorities of clients' certificates; none are asked for when empty. */
  readonly clientAuthorities: readonly string[];
  readonly clientAuth: ClientAuth;
  readonly isTls13Only: boolean;
  readonly hasHttp2: boolean;
}

/** Whether a client is let in that has shown a certificate or none, which an authority has signed or not. */
const CLIENT_AUTHS: Readonly<Record<ClientAuth, (isShown: boolean, isSigned: boolean) => boolean>> =
  {
    "request-client-cert": () => true,
    "require-any-client-cert": (isShown) => isShown,
    "verify-client-cert-if-given": (isShown, isSigned) => !isShown || isSigned,
    "require-and-verify-client-cert": (isShown, isSigned) => isShown && isSigned,
  };

const LOOPBACK = "127.0.0.1";

/**
 * Ends TLS by `node:tls`, and hands what is inside to a `Deno.serve` that only this front can reach: it tells its own
 * connections by their ports, and everybody else is turned down. The certificate is exchanged as in `listenTls()`.
 * Costs a copy of every byte: about 250 MB/s of one core. Throws a `StorageError` for files that cannot be used.
 */
export async function listenTlsFront(
  { host, port }: TcpAddress,
  files: CertificateFiles,
  options: TlsFrontOptions,
  handler: Handler,
  warn: (message: string) => void,
): Promise<Listener> {
  if (!isDenoSince(2, 9)) {
    const what = "http.tls.clientcas, http.tls.minimumtls tls1.3 and http.http2.disabled";
    throw new StorageError("invalid", `${what} need a berth that was made with Deno 2.9`);
  }
  const clients = new Map<number, Deno.NetAddr>();
  const answers = new Answers();
  const counting = answers.counting(handler);
  const inner = Deno.serve({
    hostname: LOOPBACK,
    port: 0,
    automaticCompression: false,
    onListen: (): void => {},
  }, (request, info) => answerInside(request, info, clients, counting));
  const sockets = new Set<TLSSocket>();
  let seen = certificateStamp(files);
  const server = createServer(contextOf(readCertificate(files), options), (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    if (isLetIn(socket, options)) pass(socket, inner.addr.port, clients);
    else socket.destroy();
  });
  // A client that breaks off, or shows nothing that is good.
  server.on("tlsClientError", (_error, socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host || "0.0.0.0", resolve);
  });
  const timer = setInterval(() => {
    const stamp = certificateStamp(files);
    if (stamp === null || stamp === seen) return;
    seen = stamp;
    try {
      server.setSecureContext(contextOf(readCertificate(files), options));
    } catch (error) {
      warn(`${error instanceof Error ? error.message : error}; the one before is kept`);
    }
  }, TLS_FILES_LOOK_MS);
  return {
    async close(): Promise<void> {
      clearInterval(timer);
      server.close();
      await answers.close(inner);
      for (const socket of sockets) socket.end(() => socket.destroy());
    },
  };
}

function contextOf({ cert, key }: Certificate, options: TlsFrontOptions): TlsOptions {
  const asks = options.clientAuthorities.length > 0;
  return {
    cert,
    key,
    minVersion: options.isTls13Only ? "TLSv1.3" : "TLSv1.2",
    ALPNProtocols: options.hasHttp2 ? ["h2", "http/1.1"] : ["http/1.1"],
    ...asks
      ? {
        ca: [...options.clientAuthorities],
        requestCert: true,
        // Else those come through whom `isLetIn` has to judge.
        rejectUnauthorized: options.clientAuth === "require-and-verify-client-cert",
      }
      : {},
  };
}

function isLetIn(socket: TLSSocket, { clientAuthorities, clientAuth }: TlsFrontOptions): boolean {
  if (clientAuthorities.length === 0) return true;
  const isShown = Object.keys(socket.getPeerCertificate() ?? {}).length > 0;
  return CLIENT_AUTHS[clientAuth](isShown, socket.authorized);
}

/** Joins a connection with one to the server inside, which is known before its first byte. */
function pass(outside: TLSSocket, port: number, clients: Map<number, Deno.NetAddr>): void {
  const inside: Socket = connect({ host: LOOPBACK, port });
  let ownPort: number | null = null;
  inside.on("connect", () => {
    ownPort = inside.localPort ?? null;
    if (ownPort === null) return void outside.destroy();
    const { remoteAddress: hostname = "", remotePort = 0 } = outside;
    clients.set(ownPort, { transport: "tcp", hostname, port: remotePort });
    outside.pipe(inside);
    inside.pipe(outside);
  });
  // The port is free for others soon.
  const forget = (): void => {
    if (ownPort !== null) clients.delete(ownPort);
    ownPort = null;
  };
  const end = (): void => {
    forget();
    outside.destroy();
    inside.destroy();
  };
  for (const socket of [outside, inside]) socket.on("error", end);
  outside.on("close", end);
  inside.on("end", forget);
  inside.on("close", () => {
    forget();
    outside.end(end);
  });
}

function answerInside(
  request: Request,
  info: Deno.ServeHandlerInfo<Deno.NetAddr>,
  clients: ReadonlyMap<number, Deno.NetAddr>,
  handler: Handler,
): Response | Promise<Response> {
  const remoteAddr = clients.get(info.remoteAddr.port);
  if (remoteAddr === undefined) return new Response("not by this door\n", { status: 403 });
  // What is plain inside came by TLS.
  Object.defineProperty(request, "url", { value: request.url.replace(/^http:/, "https:") });
  return handler(request, { remoteAddr, completed: info.completed });
}
