import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { JSON_UTF8 } from "../registry/media_types.ts";
import { openMetricsOf } from "../registry/metrics_kit.ts";
import { StorageError } from "../storage/errors.ts";
import { debugApp, type DebugPages, startDebugServer } from "./debug_server.ts";

const PAGES: DebugPages = { failures: () => ({}), unready: () => null, metrics: null };

async function ask(
  pages: Partial<DebugPages>,
  path: string,
  method = "GET",
): Promise<[status: number, type: string | null, body: string]> {
  const app = debugApp({ ...PAGES, ...pages });
  const response = await app(new Request(`http://debug.test${path}`, { method }));
  return [response.status, response.headers.get("Content-Type"), await response.text()];
}

Deno.test("debugApp() tells of health in the form of distribution", async () => {
  assertEquals(await ask({}, "/debug/health"), [200, JSON_UTF8, "{}"]);
  const failures = { "127.0.0.1:1": "connection refused", "/down": "file exists" };
  assertEquals(await ask({ failures: () => failures }, "/debug/health"), [
    503,
    JSON_UTF8,
    JSON.stringify(failures),
  ]);
});

Deno.test("debugApp() answers probes", async () => {
  const text = "text/plain; charset=utf-8";
  assertEquals(await ask({}, "/livez"), [200, text, "ok\n"]);
  assertEquals(await ask({}, "/readyz?verbose"), [200, text, "ok\n"]);
  const unready = (): string => "the server is about to end";
  assertEquals(await ask({ unready }, "/livez"), [200, text, "ok\n"]);
  const [status, type, body] = await ask({ unready }, "/readyz");
  assertEquals([status, type], [503, JSON_UTF8]);
  assertStringIncludes(body, "the server is about to end");
});

Deno.test("debugApp() shows metrics where they are wanted", async () => {
  const [metrics] = openMetricsOf(1);
  const pages = { metrics: { path: "/figures", read: () => Promise.resolve(metrics) } };
  const [status, type, body] = await ask(pages, "/figures");
  assertEquals([status, type], [200, "text/plain; version=0.0.4; charset=utf-8"]);
  assertStringIncludes(body, "# TYPE berth_store_bytes gauge\n");
  assertEquals((await ask(pages, "/metrics"))[0], 404);
  assertEquals((await ask({}, "/metrics"))[0], 404);
});

Deno.test("debugApp() answers everything else with 404", async () => {
  for (const path of ["/", "/v2/", "/debug/pprof/", "/debug/vars", "/debug/health/down"]) {
    assertEquals((await ask({}, path))[0], 404, path);
  }
  assertEquals((await ask({}, "/debug/health", "POST"))[0], 404);
});

Deno.test("startDebugServer() takes a free port, and says when one is taken", async () => {
  const server = startDebugServer({ host: "127.0.0.1", port: 0 }, PAGES);
  const { address } = server;
  const response = await fetch(`http://127.0.0.1:${address.port}/livez`);
  assertEquals(await response.text(), "ok\n");
  assertThrows(
    () => startDebugServer(address, PAGES),
    StorageError,
    `Cannot listen on http.debug.addr 127.0.0.1:${address.port}: `,
  );
  await server.close();
});
