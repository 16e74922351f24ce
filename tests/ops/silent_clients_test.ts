import { assertEquals, assertMatch } from "@std/assert";
import { digestBytes } from "../../storage/digest.ts";
import { type RunningServer, startBerth, withTempDir } from "../harness.ts";
import { noise } from "../images.ts";
import { RegistryClient } from "../push.ts";

/** Longest wait for an answer, in milliseconds. */
const ANSWER_TIMEOUT_MS = 60_000;

const CONTENT = noise(31, 300_000);

/** The head of a request, and how its body is written. */
const FRAMINGS: Readonly<
  Record<string, { readonly head: string; frame(piece: Uint8Array): Uint8Array<ArrayBuffer> }>
> = {
  "a length": {
    head: `Content-Length: ${CONTENT.length}`,
    frame: (piece) => new Uint8Array(piece),
  },
  chunks: {
    head: "Transfer-Encoding: chunked",
    frame(piece): Uint8Array<ArrayBuffer> {
      const encoder = new TextEncoder();
      const head = encoder.encode(`${piece.length.toString(16)}\r\n`);
      return new Uint8Array([...head, ...piece, ...encoder.encode("\r\n")]);
    },
  },
};

/** Sends a head and some of its body, and returns the first line of the answer. The connection stays open. */
async function fallSilent(
  connection: Deno.TcpConn,
  head: string,
  body: Uint8Array<ArrayBuffer>,
): Promise<string> {
  const writer = connection.writable.getWriter();
  await writer.write(new TextEncoder().encode(`${head}\r\nHost: a\r\n\r\n`));
  await writer.write(body);
  const timer = setTimeout(() => connection.close(), ANSWER_TIMEOUT_MS);
  const { value } = await connection.readable.getReader().read();
  clearTimeout(timer);
  const [line = ""] = new TextDecoder().decode(value).split("\r\n", 1);
  return line;
}

async function withImpatientServer(
  body: (server: RunningServer, connect: () => Promise<Deno.TcpConn>) => Promise<void>,
): Promise<void> {
  await withTempDir("silent", async (root) => {
    const server = await startBerth({ root, env: { REGISTRY_HTTP_IDLETIMEOUT: "300ms" } });
    const connections: Deno.TcpConn[] = [];
    const [hostname = "", port = ""] = server.host.split(":");
    try {
      await body(server, async () => {
        const connection = await Deno.connect({ hostname, port: Number(port) });
        connections.push(connection);
        return connection;
      });
    } finally {
      // That they are still there does not keep the server.
      assertEquals(await server.stop(), 0);
      for (const connection of connections) connection.close();
    }
  });
}

for (const [framing, { head, frame }] of Object.entries(FRAMINGS)) {
  Deno.test(`berth serve keeps what a client sent with ${framing} before it fell silent`, async () => {
    await withImpatientServer(async (server, connect) => {
      const registry = new RegistryClient(server.url);
      const location = await registry.beginUpload("a");
      const half = CONTENT.slice(0, 200_000);
      const request = `PATCH ${location} HTTP/1.1\r\n${head}`;
      assertMatch(await fallSilent(await connect(), request, frame(half)), /^HTTP\/1.1 408 /);
      const { headers } = await registry.expect(204, "GET", location);
      assertEquals(headers.get("Range"), `0-${half.length - 1}`);
      const rest = await registry.sendChunk(location, half.length, CONTENT.slice(half.length));
      await registry.closeUpload(rest, digestBytes(CONTENT, "sha256"));
    });
  });
}

Deno.test("berth serve gives up the manifest of a client that has fallen silent", async () => {
  await withImpatientServer(async (server, connect) => {
    const request = "PUT /v2/a/manifests/v1 HTTP/1.1\r\nContent-Length: 1000";
    const begin = new TextEncoder().encode("{");
    assertMatch(await fallSilent(await connect(), request, begin), /^HTTP\/1.1 408 /);
    await new RegistryClient(server.url).expect(404, "GET", "/v2/a/manifests/v1");
  });
});
