import { assertEquals, assertGreater, assertRejects, assertThrows } from "@std/assert";
import { type Load, loadClient, ownLoad, parseWrkOutput } from "./load.ts";

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
  body: (load: Load) => Promise<void>,
): Promise<void> {
  const options = { hostname: "127.0.0.1", port: 0, onListen: () => {} };
  const server = Deno.serve(options, handler);
  try {
    const host = `127.0.0.1:${server.addr.port}`;
    const headers = { accept: "text/plain" };
    await body({ method: "GET", host, path: "/", connections: 3, seconds: 0.05, headers });
  } finally {
    await server.shutdown();
  }
}

Deno.test("ownLoad() counts answers, and sends the headers with each request", async () => {
  let seen = 0;
  let missing = 0;
  await withServer((request) => {
    seen++;
    if (request.headers.get("accept") !== "text/plain") missing++;
    return new Response("hello");
  }, async (load) => assertGreater(await ownLoad(load), 0));
  assertGreater(seen, 2);
  assertEquals(missing, 0);
});

Deno.test("ownLoad() throws when an answer is no success", async () => {
  await withServer(() => new Response("gone", { status: 404 }), async (load) => {
    await assertRejects(() => ownLoad(load), Error, "404");
  });
});

Deno.test("loadClient() asks for heads itself, whatever client is installed", async () => {
  const methods = new Set<string>();
  await withServer((request) => {
    methods.add(request.method);
    return new Response("hello");
  }, async (load) => {
    assertGreater(await loadClient("/nowhere/wrk")({ ...load, method: "HEAD" }), 0);
  });
  assertEquals([...methods], ["HEAD"]);
});
