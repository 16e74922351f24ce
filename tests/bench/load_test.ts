import { assertEquals, assertGreater, assertRejects, assertThrows } from "@std/assert";
import { fetchLoad, parseWrkOutput } from "./load.ts";

const WRK_OUTPUT = `Running 1s test @ http://127.0.0.1:5000/v2/
  1 threads and 32 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     1.80ms    1.00ms  20.00ms   80.00%
    Req/Sec    10.00k   500.00    12.00k    70.00%
  10000 requests in 1.00s, 4.00MB read
Requests/sec:   9876.54
Transfer/sec:      4.00MB
`;

Deno.test("parseWrkOutput() finds the rate", () => {
  assertEquals(parseWrkOutput(WRK_OUTPUT), 9876.54);
});

Deno.test("parseWrkOutput() throws when wrk counted answers that are no success", () => {
  const output = WRK_OUTPUT.replace("Requests/sec", "  Non-2xx or 3xx responses: 3\nRequests/sec");
  assertThrows(() => parseWrkOutput(output), Error, "Non-2xx or 3xx responses: 3");
});

Deno.test("parseWrkOutput() throws when wrk counted broken connections", () => {
  const errors = "  Socket errors: connect 0, read 2, write 0, timeout 0\nRequests/sec";
  const output = WRK_OUTPUT.replace("Requests/sec", errors);
  assertThrows(() => parseWrkOutput(output), Error, "read 2");
});

Deno.test("parseWrkOutput() throws when there is no rate, or one of zero", () => {
  assertThrows(() => parseWrkOutput("unable to connect"), Error, "unable to connect");
  assertThrows(() => parseWrkOutput(WRK_OUTPUT.replace("9876.54", "0.00")), Error);
});

async function withServer(
  handler: (request: Request) => Response,
  body: (url: string) => Promise<void>,
): Promise<void> {
  const options = { hostname: "127.0.0.1", port: 0, onListen: () => {} };
  const server = Deno.serve(options, handler);
  try {
    await body(`http://127.0.0.1:${server.addr.port}/`);
  } finally {
    await server.shutdown();
  }
}

Deno.test("fetchLoad() counts answers, and sends the headers with each request", async () => {
  let seen = 0;
  let missing = 0;
  await withServer((request) => {
    seen++;
    if (request.headers.get("accept") !== "text/plain") missing++;
    return new Response("hello");
  }, async (url) => {
    const load = { url, connections: 3, seconds: 0.05, headers: { accept: "text/plain" } };
    assertGreater(await fetchLoad(load), 0);
  });
  assertGreater(seen, 2);
  assertEquals(missing, 0);
});

Deno.test("fetchLoad() throws when an answer is no success", async () => {
  await withServer(() => new Response("gone", { status: 404 }), async (url) => {
    const load = { url, connections: 1, seconds: 1, headers: {} };
    await assertRejects(() => fetchLoad(load), Error, "404");
  });
});
