/**
 * One connection to a server that is kept open: HTTP/1.1 with as little work as a client can do, because clients and
 * servers that are measured share the processors.
 *
 * @module
 */

const BUFFER_BYTES = 64 * 1024;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** What is asked. */
export interface HttpRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

/** A whole answer. */
export interface HttpAnswer {
  readonly status: number;
  /** The status line and the headers. */
  readonly head: string;
  /** Valid until the next request on the connection. */
  readonly body: Uint8Array;
}

/** The bytes of a request. */
export function encodeRequest(host: string, request: HttpRequest): Uint8Array {
  const { method, path, headers = {}, body } = request;
  const lines = [`${method} ${path} HTTP/1.1`, `Host: ${host}`];
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  if (body !== undefined || method === "POST") lines.push(`Content-Length: ${body?.length ?? 0}`);
  const head = encoder.encode(`${lines.join("\r\n")}\r\n\r\n`);
  if (body === undefined) return head;
  const bytes = new Uint8Array(head.length + body.length);
  bytes.set(head);
  bytes.set(body, head.length);
  return bytes;
}

/** The value of a header, `null` when the head has none of that name. */
export function headerOf(head: string, name: string): string | null {
  return new RegExp(`^${name}:[ \\t]*(.*?)[ \\t]*\\r$`, "im").exec(head)?.[1] ?? null;
}

/** A connection on which one request after the other is answered. */
export class HttpConnection {
  readonly #connection: Deno.TcpConn;
  readonly #host: string;
  #buffer = new Uint8Array(BUFFER_BYTES);
  #end = 0;

  private constructor(connection: Deno.TcpConn, host: string) {
    this.#connection = connection;
    this.#host = host;
  }

  /** Connects to `host:port`. */
  static async open(host: string): Promise<HttpConnection> {
    const [hostname = "", port] = host.split(":");
    const connection = await Deno.connect({ hostname, port: Number(port) });
    connection.setNoDelay(true);
    return new HttpConnection(connection, host);
  }

  /** Sends a request and reads the whole answer. Throws when the server closes the connection before its end. */
  async request(request: HttpRequest): Promise<HttpAnswer> {
    return await this.exchange(encodeRequest(this.#host, request), request.method === "HEAD");
  }

  /** Sends a request that is encoded already. */
  async exchange(request: Uint8Array, isHead: boolean): Promise<HttpAnswer> {
    for (let sent = 0; sent < request.length;) {
      sent += await this.#connection.write(request.subarray(sent));
    }
    this.#end = 0;
    const start = await this.#endOfHead();
    const head = decoder.decode(this.#buffer.subarray(0, start));
    const status = Number(head.slice(9, 12));
    const hasBody = !isHead && status !== 204 && status !== 304;
    return { status, head, body: hasBody ? await this.#body(head, start) : new Uint8Array() };
  }

  close(): void {
    try {
      this.#connection.close();
    } catch {
      // It was closed at a time limit.
    }
  }

  async #endOfHead(): Promise<number> {
    for (let at = 3;; at++) {
      while (at >= this.#end) await this.#fill();
      const isEnd = this.#buffer[at] === LINE_FEED && this.#buffer[at - 1] === CARRIAGE_RETURN &&
        this.#buffer[at - 2] === LINE_FEED;
      if (isEnd) return at + 1;
    }
  }

  async #body(head: string, start: number): Promise<Uint8Array> {
    if (headerOf(head, "transfer-encoding") === "chunked") return await this.#chunks(start);
    const end = start + Number(headerOf(head, "content-length") ?? 0);
    while (this.#end < end) await this.#fill();
    return this.#buffer.subarray(start, end);
  }

  /** Puts the chunks side by side, in the place where they are (RFC 9112, section 7.1). */
  async #chunks(start: number): Promise<Uint8Array> {
    let end = start;
    for (let at = start;;) {
      const line = await this.#endOfLine(at);
      const size = parseInt(decoder.decode(this.#buffer.subarray(at, line)), 16);
      if (Number.isNaN(size)) throw new Error("A chunk has no size");
      while (this.#end < line + size + 2) await this.#fill();
      if (size === 0) return this.#buffer.subarray(start, end);
      this.#buffer.copyWithin(end, line, line + size);
      end += size;
      at = line + size + 2;
    }
  }

  async #endOfLine(from: number): Promise<number> {
    for (let at = from;; at++) {
      while (at >= this.#end) await this.#fill();
      if (this.#buffer[at] === LINE_FEED) return at + 1;
    }
  }

  async #fill(): Promise<void> {
    if (this.#end === this.#buffer.length) {
      const larger = new Uint8Array(this.#buffer.length * 2);
      larger.set(this.#buffer);
      this.#buffer = larger;
    }
    const read = await this.#connection.read(this.#buffer.subarray(this.#end));
    if (read === null) throw new Error(`${this.#host} closed the connection within an answer`);
    this.#end += read;
  }
}
