import { assert, assertEquals } from "@std/assert";
import { isDenoSince } from "../../cli/version.ts";
import { withBerth } from "../harness.ts";
import { TESTED_DENO } from "../tested_deno.ts";

/** Longest wait for a server to close a connection, in milliseconds. */
const CLOSE_TIMEOUT_MS = 30_000;

const HOST = "Host: registry.test\r\n";
const UPLOAD = `POST /v2/a/blobs/uploads/ HTTP/1.1\r\n${HOST}`;

/** What a smuggler hides behind a request that two readers end at different places. */
const HIDDEN = `DELETE /v2/a/manifests/hidden HTTP/1.1\r\n${HOST}\r\n`;

/** Sends bytes as they are, and returns all that comes until the server closes the connection. */
async function exchange(host: string, text: string): Promise<string> {
  const [hostname = "", port = ""] = host.split(":");
  const connection = await Deno.connect({ hostname, port: Number(port) });
  const timer = setTimeout(() => connection.close(), CLOSE_TIMEOUT_MS);
  try {
    const writer = connection.writable.getWriter();
    // The server may close before it has read everything.
    await writer.write(new TextEncoder().encode(text)).catch(() => {});
    let received = "";
    const decoder = new TextDecoder();
    for await (const part of connection.readable) {
      received += decoder.decode(part, { stream: true });
    }
    return received;
  } finally {
    clearTimeout(timer);
  }
}

function statusesOf(received: string): readonly string[] {
  return [...received.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status = ""]) => status);
}

const REFUSED: Readonly<Record<string, string>> = {
  "Content-Length beside Transfer-Encoding":
    `${UPLOAD}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${HIDDEN}`,
  "two lengths": `${UPLOAD}Content-Length: 0\r\nContent-Length: 5\r\n\r\n${HIDDEN}`,
  "a negative length": `${UPLOAD}Content-Length: -1\r\n\r\n${HIDDEN}`,
  "a length with a sign": `${UPLOAD}Content-Length: +0\r\n\r\n${HIDDEN}`,
  "an unknown transfer coding": `${UPLOAD}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${HIDDEN}`,
  "a space before the colon": `${UPLOAD}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n${HIDDEN}`,
  "a folded header": `${UPLOAD}X-A: b\r\n c\r\n\r\n${HIDDEN}`,
  "a carriage return alone in a header": `${UPLOAD}X-A: b\rX-B: c\r\n\r\n${HIDDEN}`,
  "a zero byte in a header": `${UPLOAD}X-A: b\0c\r\n\r\n${HIDDEN}`,
};

/** What Deno before 2.9 reads as RFC 9112, section 6.3 allows: the coding says where the body ends. */
const READ_BEFORE_2_9: ReadonlySet<string> = new Set(["Content-Length beside Transfer-Encoding"]);

for (const [what, request] of Object.entries(REFUSED)) {
  const ignore = READ_BEFORE_2_9.has(what) && !isDenoSince(2, 9, TESTED_DENO);
  Deno.test({
    name: `berth serve answers ${what} with 400, and nothing after it${
      ignore ? " (skipped: not with Deno before 2.9)" : ""
    }`,
    ignore,
    fn: () =>
      withBerth(async ({ host }) => {
        assertEquals(statusesOf(await exchange(host, request)), ["400"]);
      }),
  });
}

Deno.test("berth serve answers headers of a megabyte with an error, and goes on", async () => {
  await withBerth(async ({ host, url }) => {
    const request = `GET /v2/ HTTP/1.1\r\n${HOST}X-A: ${"a".repeat(1024 * 1024)}\r\n\r\n`;
    const statuses = statusesOf(await exchange(host, request).catch(() => ""));
    assert(statuses.every((status) => status.startsWith("4")), statuses.join());
    const answer = await fetch(`${url}/v2/`);
    await answer.body?.cancel();
    assertEquals(answer.status, 200);
  });
});

Deno.test("berth serve puts no line break of a path or header into its own headers", async () => {
  const lineBreak = "%0d%0aX-Evil:%201";
  await withBerth(async ({ host }) => {
    for (
      const target of [
        `/v2/a${lineBreak}/tags/list`,
        `/v2/_catalog?n=1&last=${lineBreak}`,
        `/v2/a/referrers/sha256:${"0".repeat(64)}?artifactType=${lineBreak}`,
        `/v2/a/blobs/uploads/${lineBreak}`,
        `/${lineBreak}`,
      ]
    ) {
      const received = await exchange(
        host,
        `GET ${target} HTTP/1.1\r\n${HOST}X-Forwarded-Host: a${lineBreak}\r\n` +
          "Connection: close\r\n\r\n",
      );
      const [head = ""] = received.split("\r\n\r\n", 1);
      assert(!/^x-evil/im.test(head), head);
      assertEquals(statusesOf(received).length, 1, target);
    }
  });
});
