/**
 * A server that is watched for what it must not tell.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { freePort, type RunningServer, startServe } from "../harness.ts";

/** What is sent and must not be seen again. */
export const WRONG = "wr0ng-passw0rd";
export const LOOSE = "l00se-secret";

/** What a server was sent, and what it has told. */
export class Witness {
  readonly #server: RunningServer;
  /** Everything that must not be repeated. */
  readonly secrets = new Set<string>([WRONG, LOOSE, "ecila"]);
  readonly statuses: number[] = [];
  #told = "";

  constructor(server: RunningServer) {
    this.#server = server;
  }

  /** Sends a request; what comes back counts as told, unless it is what was asked for. */
  async send(
    path: string,
    authorization: string | null,
    init: RequestInit = {},
    isWanted = false,
  ): Promise<string> {
    const headers = authorization === null ? {} : { Authorization: authorization };
    const response = await fetch(`${this.#server.url}${path}`, {
      ...init,
      headers: { ...init.headers, ...headers },
    });
    const text = await response.text();
    this.statuses.push(response.status);
    if (!isWanted) this.#told += `${JSON.stringify([...response.headers])}\n${text}\n`;
    return text;
  }

  /** Takes a text for told. */
  hear(text: string): void {
    this.#told += text;
  }

  /** Takes what a page says, such as that of the metrics, for told. */
  async look(url: string): Promise<void> {
    const response = await fetch(url);
    assertEquals(response.status, 200, url);
    this.#told += await response.text();
  }

  basic(user: string, password: string): string {
    const encoded = btoa(`${user}:${password}`);
    this.secrets.add(encoded);
    return `Basic ${encoded}`;
  }

  bearer(token: string): string {
    this.secrets.add(token);
    // The first part says no more than how it is signed.
    for (const part of token.split(".").slice(1)) this.secrets.add(part);
    return `Bearer ${token}`;
  }

  assertDiscreet(): void {
    const told = `${this.#told}\n${this.#server.log()}\n${this.#server.output()}`;
    assert(this.#server.output().includes("/v2/a/manifests/x"), "the access log tells of requests");
    for (const secret of this.secrets) assert(!told.includes(secret), `${secret}\n${told}`);
  }
}

/** Starts a server with a configuration that asks for every line there is. */
export async function withWitness(
  sections: Readonly<Record<string, unknown>>,
  directory: string,
  body: (witness: Witness, server: RunningServer) => Promise<void>,
): Promise<void> {
  const metricsPort = freePort();
  const config = {
    version: 0.1,
    log: { level: "debug", accesslog: { disabled: false } },
    storage: { filesystem: { rootdirectory: `${directory}/data` } },
    http: {
      addr: "127.0.0.1:0",
      workers: 2,
      secret: LOOSE,
      debug: { addr: `127.0.0.1:${metricsPort}`, prometheus: { enabled: true } },
    },
    ...sections,
  };
  await Deno.writeTextFile(`${directory}/config.yml`, JSON.stringify(config));
  const args = [`${directory}/config.yml`];
  const server = await startServe({ root: directory, args, keepsOutput: true });
  try {
    const witness = new Witness(server);
    await body(witness, server);
    await witness.look(`http://127.0.0.1:${metricsPort}/metrics`);
    await server.stop();
    witness.assertDiscreet();
  } finally {
    await server.stop();
  }
}
