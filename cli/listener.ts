/**
 * What requests come in on: a port, a port with TLS, or a socket of the file system.
 *
 * @module
 */

import type { Awaitable } from "../storage/awaitable.ts";
import { Answers } from "./answers.ts";
import { type CertificateFiles, readAuthorities } from "./certificate.ts";
import type { Settings } from "./settings/table.ts";
import { listenTlsFront, type TlsFrontOptions } from "./tls_front.ts";
import { listenTls } from "./tls_listener.ts";
import { uncompressed } from "./uncompressed.ts";
import { listenAddress } from "./wire.ts";

/** Answers one request that came over a connection. Never throws, now or later. */
export type Handler = (request: Request, info: Deno.ServeHandlerInfo) => Awaitable<Response>;

/** A socket that is listened on. */
export interface Listener {
  /** Stops listening, and resolves when connections have ended. Nothing may be under way. */
  close(): Promise<void>;
}

/** Listens as the settings say. Throws a `StorageError` when certificate or key cannot be used. */
export async function listen(
  settings: Settings,
  answer: Handler,
  warn: (message: string) => void,
): Promise<Listener> {
  const { http } = settings;
  const handler = uncompressed(answer);
  const common = { automaticCompression: false, onListen: (): void => {} };
  const address = listenAddress(settings);
  if ("path" in address) {
    return plainListener(handler, (counting) => {
      return Deno.serve({ ...common, path: address.path }, counting);
    });
  }
  const files = certificateFiles(settings);
  if (files !== null) {
    return needsTlsFront(settings)
      ? await listenTlsFront(address, files, frontOptions(settings), handler, warn)
      : listenTls(address, files, handler, warn);
  }
  return plainListener(handler, (counting) => {
    return Deno.serve({
      ...common,
      hostname: address.host || "0.0.0.0",
      port: address.port,
      reusePort: http.workers > 1,
    }, counting);
  });
}

/** Where the certificate is; `null` when there is none, and no TLS. */
export function certificateFiles({ http }: Settings): CertificateFiles | null {
  const { certificate, key } = http.tls;
  return certificate === null || key === null ? null : { certificate, key };
}

/** Whether the settings ask for TLS of a kind that `Deno.serve` does not do, and that only one loop can. */
export function needsTlsFront(settings: Settings): boolean {
  const { tls, http2 } = settings.http;
  if (certificateFiles(settings) === null) return false;
  return tls.clientcas.length > 0 || tls.minimumtls === "tls1.3" || http2.disabled;
}

function frontOptions({ http: { tls, http2 } }: Settings): TlsFrontOptions {
  return {
    clientAuthorities: tls.clientcas.map(readAuthorities),
    clientAuth: tls.clientauth,
    isTls13Only: tls.minimumtls === "tls1.3",
    hasHttp2: !http2.disabled,
  };
}

/** Starts a server and counts its answers. */
function plainListener(
  handler: Handler,
  start: (handler: Handler) => { shutdown(): Promise<void> },
): Listener {
  const answers = new Answers();
  const server = start(answers.counting(handler));
  return { close: () => answers.close(server) };
}
