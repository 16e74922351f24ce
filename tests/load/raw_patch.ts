/**
 * An upload chunk over a connection of its own.
 *
 * @module
 */

import { assert } from "@std/assert";

/** How the end of a body is told: by its length in bytes, or by chunks (RFC 9112, section 7.1). */
export type BodyFraming = number | "chunked";

/**
 * A PATCH over a connection of its own, for what no HTTP client does on purpose: to announce a length and stop half way,
 * to stream with a length, to choose the size of chunks.
 */
export class RawPatch {
  readonly #connection: Deno.TcpConn;
  readonly #framing: BodyFraming;

  private constructor(connection: Deno.TcpConn, framing: BodyFraming) {
    this.#connection = connection;
    this.#framing = framing;
  }

  /** Connects and sends the head. */
  static async open(location: URL, framing: BodyFraming): Promise<RawPatch> {
    const { hostname, port } = location;
    const patch = new RawPatch(await Deno.connect({ hostname, port: Number(port) }), framing);
    const head = [
      `PATCH ${location.pathname}${location.search} HTTP/1.1`,
      `Host: ${location.host}`,
      "Connection: close",
      "Content-Type: application/octet-stream",
      framing === "chunked" ? "Transfer-Encoding: chunked" : `Content-Length: ${framing}`,
      "\r\n",
    ];
    await patch.#write(new TextEncoder().encode(head.join("\r\n")));
    return patch;
  }

  /** Sends a piece of the body, as one chunk where the body is chunked. */
  async send(piece: Uint8Array): Promise<void> {
    if (this.#framing !== "chunked") return await this.#write(piece);
    const size = new TextEncoder().encode(`${piece.length.toString(16)}\r\n`);
    const chunk = new Uint8Array(size.length + piece.length + 2);
    chunk.set(size);
    chunk.set(piece, size.length);
    chunk.set([0x0d, 0x0a], size.length + piece.length);
    await this.#write(chunk);
  }

  /** Closes the connection, as a client does that is killed. */
  abort(): void {
    this.#connection.close();
  }

  /** Ends the body and returns where the upload goes on. Throws unless the answer is 202. */
  async finish(): Promise<string> {
    if (this.#framing === "chunked") await this.#write(new TextEncoder().encode("0\r\n\r\n"));
    let answer = "";
    for await (const part of this.#connection.readable.pipeThrough(new TextDecoderStream())) {
      answer += part;
    }
    assert(answer.startsWith("HTTP/1.1 202 "), answer);
    return /^location: (\S+)/im.exec(answer)?.[1] ?? "";
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length;) {
      done += await this.#connection.write(bytes.subarray(done));
    }
  }
}
