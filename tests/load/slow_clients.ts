/**
 * Clients that take up room and time: they connect, ask, and then neither read nor end.
 *
 * @module
 */

import { concatenate } from "../../storage/concatenate.ts";

/** Connections of slow clients. */
export class SlowClients {
  readonly #connections: readonly Deno.TcpConn[];

  private constructor(connections: readonly Deno.TcpConn[]) {
    this.#connections = connections;
  }

  /** Opens so many connections to `host:port`; each sends a text and then reads nothing. */
  static async open(host: string, count: number, text: string): Promise<SlowClients> {
    const [hostname = "", port] = host.split(":");
    const connections: Deno.TcpConn[] = [];
    const bytes = new TextEncoder().encode(text);
    for (let index = 0; index < count; index++) {
      const connection = await Deno.connect({ hostname, port: Number(port) });
      connections.push(connection);
      if (bytes.length > 0) await connection.write(bytes);
    }
    return new SlowClients(connections);
  }

  /** Reads the first bytes of each answer, which proves that the server is at work for all of them. */
  async readFirst(count: number): Promise<readonly string[]> {
    const decoder = new TextDecoder();
    return await Promise.all(this.#connections.map(async (connection) => {
      const buffer = new Uint8Array(count);
      const read = await connection.read(buffer);
      return decoder.decode(buffer.subarray(0, read ?? 0));
    }));
  }

  /** Reads what is left of each answer, until the server closes the connection. */
  async readRest(): Promise<readonly Uint8Array[]> {
    return await Promise.all(
      this.#connections.map(async ({ readable }) => concatenate(await Array.fromAsync(readable))),
    );
  }

  [Symbol.dispose](): void {
    for (const connection of this.#connections) {
      try {
        connection.close();
      } catch {
        // Read to its end, which has closed it.
      }
    }
  }
}
