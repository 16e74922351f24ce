/**
 * A PATCH whose body stops half way, which no HTTP client sends on purpose.
 *
 * @module
 */

/** A PATCH that has announced all of its content and sent only the beginning. */
export class PartialPatch {
  readonly #connection: Deno.TcpConn;
  readonly #rest: Uint8Array;

  private constructor(connection: Deno.TcpConn, rest: Uint8Array) {
    this.#connection = connection;
    this.#rest = rest;
  }

  /** Sends the head and as many bytes of the content as `sentBytes`. */
  static async begin(
    location: URL,
    content: Uint8Array,
    sentBytes: number,
  ): Promise<PartialPatch> {
    const connection = await Deno.connect({
      hostname: location.hostname,
      port: Number(location.port),
    });
    const head = [
      `PATCH ${location.pathname}${location.search} HTTP/1.1`,
      `Host: ${location.host}`,
      "Connection: close",
      "Content-Type: application/octet-stream",
      `Content-Length: ${content.length}`,
      "\r\n",
    ].join("\r\n");
    await writeAll(connection, new TextEncoder().encode(head));
    await writeAll(connection, content.subarray(0, sentBytes));
    return new PartialPatch(connection, content.subarray(sentBytes));
  }

  /** Closes the connection, as a client does that is killed. */
  abort(): void {
    this.#connection.close();
  }

  /** Sends the rest and returns the answer: its status line and headers, as they came. */
  async finish(): Promise<string> {
    await writeAll(this.#connection, this.#rest);
    let answer = "";
    for await (const part of this.#connection.readable.pipeThrough(new TextDecoderStream())) {
      answer += part;
    }
    return answer;
  }
}

async function writeAll(connection: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) done += await connection.write(bytes.subarray(done));
}
