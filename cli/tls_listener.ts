/**
 * A socket with TLS whose certificate can be exchanged while it listens.
 *
 * @module
 */

import type { Awaitable } from "../storage/awaitable.ts";
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

/**
 * Listens with HTTP/2 and HTTP/1.1 over TLS 1.2 and 1.3, and looks every second whether the files have changed. Throws
 * a `StorageError` when they cannot be used at first; later, what was good goes on being used, which `warn` is told.
 *
 * `Deno.serve` keeps the certificate it began with. So another server is started beside it on the same port, and the
 * old one ends when it has nothing under way: until then it answers with the old certificate, and asks its clients to
 * connect again.
 */
export function listenTls(
  address: TcpAddress,
  files: CertificateFiles,
  handler: Handler,
  warn: (message: string) => void,
): Listener {
  let seen = certificateStamp(files);
  let current = new TlsServer(address, readCertificate(files), handler);
  const retired = new Set<Promise<void>>();
  const look = (): void => {
    const stamp = certificateStamp(files);
    if (stamp === null || stamp === seen) return;
    seen = stamp;
    try {
      const next = new TlsServer(address, readCertificate(files), handler);
      const ended = current.retire().finally(() => retired.delete(ended));
      retired.add(ended);
      current = next;
    } catch (error) {
      warn(`${error instanceof Error ? error.message : error}; the one before is kept`);
    }
  };
  const timer = setInterval(look, TLS_FILES_LOOK_MS);
  return {
    async close(): Promise<void> {
      clearInterval(timer);
      await Promise.all([current.retire(), ...retired]);
    },
  };
}

/** A server with one certificate. */
class TlsServer {
  readonly #server: Deno.HttpServer;
  #underWay = 0;
  #isRetired = false;
  readonly #idle = Promise.withResolvers<void>();
  readonly #answers = new Answers();

  constructor({ host, port }: TcpAddress, certificate: Certificate, handler: Handler) {
    this.#server = Deno.serve({
      ...certificate,
      hostname: host || "0.0.0.0",
      port,
      reusePort: true,
      automaticCompression: false,
      onListen: (): void => {},
    }, this.#answers.counting((request, info) => this.#answer(handler(request, info))));
  }

  /** Ends it when nothing is under way, as `shutdown()` would cut off bodies that are being read. */
  async retire(): Promise<void> {
    this.#isRetired = true;
    this.#settle();
    await this.#idle.promise;
    await this.#answers.close(this.#server);
  }

  async #answer(answered: Awaitable<Response>): Promise<Response> {
    this.#underWay++;
    try {
      const response = await answered;
      if (this.#isRetired) response.headers.set("Connection", "close");
      return response;
    } finally {
      this.#underWay--;
      this.#settle();
    }
  }

  #settle(): void {
    if (this.#isRetired && this.#underWay === 0) this.#idle.resolve();
  }
}
