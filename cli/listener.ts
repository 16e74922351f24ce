/**
 * What requests come in on: a port, a port with TLS, or a socket of the file system.
 *
 * @module
 */

import type { CertificateFiles } from "./certificate.ts";
import type { Settings } from "./settings/table.ts";
import { listenTls } from "./tls_listener.ts";
import { uncompressed } from "./uncompressed.ts";
import { listenAddress } from "./wire.ts";

/** Answers one request that came over a connection. Never rejects. */
export type Handler = (request: Request, info: Deno.ServeHandlerInfo) => Promise<Response>;

/** A socket that is listened on. */
export interface Listener {
  /** Stops listening, and resolves when connections have ended. Nothing may be under way. */
  close(): Promise<void>;
}

/** Listens as the settings say. Throws a `StorageError` when certificate or key cannot be used. */
export function listen(
  settings: Settings,
  answer: Handler,
  warn: (message: string) => void,
): Listener {
  const { http } = settings;
  const handler = uncompressed(answer);
  const common = { automaticCompression: false, onListen: (): void => {} };
  const address = listenAddress(settings);
  if ("path" in address) {
    return plainListener(Deno.serve({ ...common, path: address.path }, handler));
  }
  const files = certificateFiles(settings);
  if (files !== null) return listenTls(address, files, handler, warn);
  return plainListener(Deno.serve({
    ...common,
    hostname: address.host || "0.0.0.0",
    port: address.port,
    reusePort: http.workers > 1,
  }, handler));
}

/** Where the certificate is; `null` when there is none, and no TLS. */
export function certificateFiles({ http }: Settings): CertificateFiles | null {
  const { certificate, key } = http.tls;
  return certificate === null || key === null ? null : { certificate, key };
}

function plainListener(server: Deno.HttpServer): Listener {
  return { close: () => server.shutdown() };
}
