import { assertEquals, assertRejects } from "@std/assert";
import { encodeRequest, headerOf, HttpConnection } from "./http_connection.ts";

const decoder = new TextDecoder();

/** Answers each connection with bytes as they are, in pieces, once it has asked. */
async function withAnswers(
  pieces: readonly string[],
  body: (connection: HttpConnection) => Promise<void>,
): Promise<void> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const answering = (async (): Promise<void> => {
    using served = await listener.accept();
    await served.read(new Uint8Array(1024));
    for (const piece of pieces) await served.write(new TextEncoder().encode(piece));
  })();
  const connection = await HttpConnection.open(`127.0.0.1:${listener.addr.port}`);
  try {
    await body(connection);
  } finally {
    connection.close();
    await answering;
  }
}

Deno.test("encodeRequest() writes the head, and the length of a body", () => {
  const body = new TextEncoder().encode("four");
  const request = { method: "PUT", path: "/a?b=c", headers: { Accept: "*/*" }, body };
  assertEquals(
    decoder.decode(encodeRequest("127.0.0.1:1", request)),
    "PUT /a?b=c HTTP/1.1\r\nHost: 127.0.0.1:1\r\nAccept: */*\r\nContent-Length: 4\r\n\r\nfour",
  );
});

Deno.test("encodeRequest() gives a POST without a body the length 0, and a GET none", () => {
  const post = decoder.decode(encodeRequest("h", { method: "POST", path: "/" }));
  assertEquals(post, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
  const get = decoder.decode(encodeRequest("h", { method: "GET", path: "/" }));
  assertEquals(get, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
});

Deno.test("headerOf() finds a header whatever its case, and null where there is none", () => {
  const head = "HTTP/1.1 202 Accepted\r\nLocation:  /a \r\nx: y\r\n\r\n";
  assertEquals(headerOf(head, "location"), "/a");
  assertEquals(headerOf(head, "link"), null);
});

Deno.test("HttpConnection reads a body of a length that comes in pieces", async () => {
  const pieces = ["HTTP/1.1 200 OK\r\nContent-", "Length: 10\r\n\r\n0123", "456789"];
  await withAnswers(pieces, async (connection) => {
    const { status, body } = await connection.request({ method: "GET", path: "/" });
    assertEquals([status, decoder.decode(body)], [200, "0123456789"]);
  });
});

Deno.test("HttpConnection puts the chunks of a body together", async () => {
  const pieces = [
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n01",
    "23\r\n6\r\n456789\r\n0\r\n\r\n",
  ];
  await withAnswers(pieces, async (connection) => {
    const { body } = await connection.request({ method: "GET", path: "/" });
    assertEquals(decoder.decode(body), "0123456789");
  });
});

Deno.test("HttpConnection reads a body that is larger than its buffer", async () => {
  const text = "x".repeat(200_000);
  const pieces = [`HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n`, text];
  await withAnswers(pieces, async (connection) => {
    const { body } = await connection.request({ method: "GET", path: "/" });
    assertEquals(body.length, text.length);
  });
});

Deno.test("HttpConnection waits for no body after HEAD", async () => {
  await withAnswers(["HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"], async (connection) => {
    const { status, body } = await connection.request({ method: "HEAD", path: "/" });
    assertEquals([status, body.length], [200, 0]);
  });
});

Deno.test("HttpConnection throws when the server ends the connection within an answer", async () => {
  await withAnswers(["HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n012"], async (connection) => {
    await assertRejects(
      () => connection.request({ method: "GET", path: "/" }),
      Error,
      "closed the connection",
    );
  });
});
