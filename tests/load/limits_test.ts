import { assert, assertEquals, assertGreaterOrEqual } from "@std/assert";
import { type RunningServer, withBerth } from "../harness.ts";
import { makeContent, noise } from "../images.ts";
import { parseMetrics } from "../observe/metrics_page.ts";
import { ask, debugUrlOf, until } from "../observe/server.ts";
import { RegistryClient } from "../push.ts";
import { RawPatch } from "./raw_patch.ts";

/** Longest wait for an answer; a loaded machine takes its time. */
const ANSWER_MS_MAX = 30_000;
const UPLOADS_MAX = 4;
const REPOSITORY = "load/limits";

/** What one client may do. */
const LIMITS = {
  REGISTRY_LIMITS_REQUESTS_PERSECOND: "10",
  REGISTRY_LIMITS_REQUESTS_BURST: "200",
  REGISTRY_LIMITS_UPLOADS_PERCLIENT: String(UPLOADS_MAX),
  REGISTRY_LIMITS_TRUSTFORWARDED: "true",
  REGISTRY_HTTP_DEBUG_ADDR: "127.0.0.1:0",
  REGISTRY_HTTP_DEBUG_PROMETHEUS_ENABLED: "true",
};

function withLimits(body: (server: RunningServer) => Promise<void>): Promise<void> {
  return withBerth(body, ["--workers", "2"], LIMITS);
}

interface Told {
  readonly status: number;
  readonly retryAfter: string | null;
}

/** Asks as the client of an address, and returns the status and `Retry-After`. */
async function askAs(
  address: string,
  url: string,
  method = "GET",
): Promise<Told> {
  const headers = { "X-Forwarded-For": address };
  const signal = AbortSignal.timeout(ANSWER_MS_MAX);
  const answer = await fetch(url, { method, headers, signal });
  await answer.body?.cancel();
  return { status: answer.status, retryAfter: answer.headers.get("Retry-After") };
}

function assertTurnedDown({ status, retryAfter }: Told): void {
  assertEquals(status, 429);
  assertGreaterOrEqual(Number(retryAfter), 1, `Retry-After was ${retryAfter}`);
}

Deno.test("serve turns a greedy client down with Retry-After, and nobody else", () =>
  withLimits(async ({ url }) => {
    const greedy = await Promise.all(
      Array.from({ length: 1_000 }, () => askAs("192.0.2.1", `${url}/v2/`)),
    );
    const turnedDown = greedy.filter(({ status }) => status !== 200);
    assert(turnedDown.length > 0, "nothing was turned down");
    for (const told of turnedDown) assertTurnedDown(told);
    const others = await Promise.all(
      Array.from({ length: 100 }, (_, index) => askAs(`198.51.100.${index}`, `${url}/v2/`)),
    );
    assertEquals(others.filter(({ status }) => status !== 200), []);
  }));

/** Whether the server has come to all uploads that were begun, in whatever loop. */
async function areUnderWay(server: RunningServer): Promise<boolean> {
  const { samples } = parseMetrics((await ask(`${debugUrlOf(server)}/metrics`)).text);
  return samples.some(({ name, labels, value }) =>
    name === "registry_http_in_flight_requests" && labels["handler"] === "blob_upload_chunk" &&
    value === UPLOADS_MAX
  );
}

Deno.test("serve lets a client with too many uploads wait for the end of one, and nobody else", () =>
  withLimits(async (server) => {
    const registry = new RegistryClient(server.url);
    const blob = makeContent("application/octet-stream", noise(1, 1024));
    const uploads = `${server.url}/v2/${REPOSITORY}/blobs/uploads/`;
    const patches: RawPatch[] = [];
    for (let index = 0; index < UPLOADS_MAX; index++) {
      const location = new URL(await registry.beginUpload(REPOSITORY), server.url);
      patches.push(await RawPatch.open(location, blob.bytes.length));
    }
    // One more that comes before them would take the place of one.
    await until("all uploads are under way", () => areUnderWay(server));
    assertTurnedDown(await askAs("127.0.0.1", uploads, "POST"));
    assertEquals((await askAs("192.0.2.1", uploads, "POST")).status, 202);
    for (const patch of patches) {
      await patch.send(blob.bytes);
      await registry.closeUpload(await patch.finish(), blob.digest);
    }
    assertEquals((await askAs("127.0.0.1", uploads, "POST")).status, 202);
  }));
