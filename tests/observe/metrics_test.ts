import { assert, assertEquals } from "@std/assert";
import { METRICS } from "../../registry/metric_rows.ts";
import { DIFFERENT_METRICS, whyMissing } from "../../registry/missing_metrics.ts";
import { makeImage, makeLayer, noise } from "../images.ts";
import { testWithPrograms } from "../programs.ts";
import { RegistryClient } from "../push.ts";
import { runProgram } from "../run_berth.ts";
import { DISTRIBUTION_METRICS } from "./distribution_metrics.ts";
import { type MetricsPage, parseMetrics, shapeOf, sumOf } from "./metrics_page.ts";
import {
  ask,
  DEBUG_ENV,
  type ObservedServer,
  until,
  withObserved,
  withObservedDistribution,
} from "./server.ts";

const IMAGE = makeImage("oci", "amd64", [
  makeLayer("oci", "gzip", [{ path: "noise", content: noise(1, 3_000_000) }]),
]);

/** Pushes, pulls, lists, deletes and fails. */
async function useRegistry(url: string): Promise<void> {
  const client = new RegistryClient(url);
  await client.send("GET", "/v2/");
  await client.pushImage("team/app", IMAGE, "latest");
  await client.pullManifest("team/app", "latest");
  for (const { digest } of IMAGE.layers) await client.pullBlob("team/app", digest);
  await client.tags("team/app");
  await client.repositories();
  await client.send("GET", "/v2/team/app/manifests/none");
  await client.send("HEAD", "/v2/team/app/manifests/latest");
  await client.deleteManifest("team/app", IMAGE.manifest.digest);
}

async function pageOf(debugUrl: string): Promise<string> {
  const { status, text } = await ask(`${debugUrl}/metrics`);
  assertEquals(status, 200);
  return text;
}

testWithPrograms(
  ["promtool"],
  "berth serve shows metrics that Prometheus' own check takes",
  async () => {
    await withObserved({ workers: 2, env: DEBUG_ENV }, async (server) => {
      await useRegistry(server.url);
      const stdin = new TextEncoder().encode(await pageOf(server.debugUrl));
      const { code, stdout, stderr } = await runProgram("promtool", ["check", "metrics"], {
        stdin,
      });
      assertEquals({ code, stdout, stderr }, { code: 0, stdout: "", stderr: "" });
    });
  },
);

testWithPrograms(
  ["docker-registry"],
  "berth serve shows the metrics of distribution, with the same labels and buckets",
  async () => {
    await withObservedDistribution([], async (distribution, debugUrl) => {
      await useRegistry(distribution.url);
      const theirs = parseMetrics(await pageOf(debugUrl));
      await withObserved({ env: DEBUG_ENV }, async (server) => {
        await useRegistry(server.url);
        assertHas(parseMetrics(await pageOf(server.debugUrl)), theirs);
      });
    });
  },
);

/** Every metric of a page of distribution is on the other one, in the same shape, or it is said why not. */
function assertHas(ours: MetricsPage, theirs: MetricsPage): void {
  let compared = 0;
  for (const [name, type] of theirs.types) {
    if (whyMissing(name) !== null) continue;
    assertEquals(ours.types.get(name), type, name);
    assertEquals(shapeOf(ours, name), shapeOf(theirs, name), name);
    compared++;
  }
  assert(compared >= 9, `only ${compared} were compared`);
  for (const label of ["handler", "method", "driver", "type"] as const) {
    const valuesOf = ({ samples }: MetricsPage): readonly string[] =>
      samples.filter(({ name }) => name.startsWith("registry_"))
        .flatMap(({ labels }) => labels[label] ?? []);
    const own = new Set(valuesOf(ours));
    assertEquals(valuesOf(theirs).filter((value) => !own.has(value)), [], label);
  }
}

Deno.test("METRICS have each metric of distribution with its labels, or it is said why not", () => {
  for (const [name, { type, labels }] of Object.entries(DISTRIBUTION_METRICS)) {
    const row = Object.entries(METRICS).find(([own]) => own === name)?.[1];
    if (whyMissing(name) !== null) assertEquals(row, undefined, name);
    else assertEquals([row?.type, Object.keys(row?.labels ?? {})], [type, labels], name);
  }
  const different = Object.keys(DIFFERENT_METRICS);
  assertEquals(different.filter((name) => !Object.hasOwn(METRICS, name)), []);
  const unknown = Object.keys(METRICS).filter((name) =>
    name.startsWith("registry_") && !Object.hasOwn(DISTRIBUTION_METRICS, name)
  );
  assertEquals(unknown, []);
});

Deno.test("berth serve counts over all workers, and to the byte", async () => {
  const requests = 400;
  await withObserved({ workers: 4, env: DEBUG_ENV }, async (server) => {
    const client = new RegistryClient(server.url);
    await client.pushImage("team/app", IMAGE, "latest");
    const path = `${server.url}/v2/team/app/manifests/latest`;
    for (let done = 0; done < requests; done += 8) {
      await Promise.all(Array.from({ length: 8 }, () => ask(path)));
    }
    const [layer] = IMAGE.layers;
    await client.pullBlob("team/app", layer?.digest ?? "");
    const page = await countedPage(server, { handler: "blob", method: "get" }, 1);
    const manifests = { handler: "manifest", method: "get" };
    assertEquals(
      sumOf(page, "registry_http_requests_total", { ...manifests, code: "200" }),
      requests,
    );
    assertEquals(sumOf(page, "registry_http_request_duration_seconds_count", manifests), requests);
    const blobs = { handler: "blob" };
    const layerBytes = layer?.bytes.length ?? 0;
    assertEquals(sumOf(page, "registry_http_response_size_bytes_sum", blobs), layerBytes);
    const sent = layerBytes + requests * IMAGE.manifest.bytes.length;
    assertEquals(sumOf(page, "berth_http_sent_bytes_total"), sent);
    const received = [IMAGE.config, IMAGE.manifest, ...IMAGE.layers]
      .reduce((sum, { bytes }) => sum + bytes.length, 0);
    assertEquals(sumOf(page, "berth_http_received_bytes_total"), received);
    assertEquals(sumOf(page, "registry_http_in_flight_requests"), 0);
    assert(sumOf(page, "registry_storage_cache_hits_total") > requests / 2);
  });
});

/** A page that has counted so many requests: a client has read an answer before the server is done with it. */
function countedPage(
  server: ObservedServer,
  labels: Readonly<Record<string, string>>,
  count: number,
): Promise<MetricsPage> {
  return until("all is counted", async () => {
    const page = parseMetrics(await pageOf(server.debugUrl));
    return sumOf(page, "registry_http_requests_total", labels) === count ? page : null;
  });
}

Deno.test("berth serve knows the size of its store, and the uploads that are under way", async () => {
  const env = { ...DEBUG_ENV, HTTP_DEBUG_PROMETHEUS_SURVEYINTERVAL: "50ms" };
  await withObserved({ env }, async (server) => {
    const client = new RegistryClient(server.url);
    await client.pushImage("team/app", IMAGE, "latest");
    await client.beginUpload("team/app");
    const bytes = [IMAGE.config, IMAGE.manifest, ...IMAGE.layers]
      .reduce((sum, content) => sum + content.bytes.length, 0);
    const page = await until("it is surveyed", async () => {
      const page = parseMetrics(await pageOf(server.debugUrl));
      const isDone = sumOf(page, "berth_store_bytes") === bytes &&
        sumOf(page, "berth_store_repositories") === 1 &&
        sumOf(page, "berth_uploads_in_progress") === 1;
      return isDone ? page : null;
    });
    assertEquals(sumOf(page, "berth_store_blobs"), 3);
    assert(sumOf(page, "berth_store_volume_free_bytes") > 0);
    assert(sumOf(page, "process_resident_memory_bytes") > 0);
  });
});

Deno.test("berth serve counts the collections that it runs", async () => {
  const env = { ...DEBUG_ENV, GC_INTERVAL: "50ms", GC_DELETEUNTAGGED: "true", GC_MINAGE: "5s" };
  await withObserved({ env }, async (server) => {
    const client = new RegistryClient(server.url);
    await client.pushImage("team/app", IMAGE, "latest");
    await client.deleteManifest("team/app", "latest");
    await until("it is collected", async () => {
      const page = parseMetrics(await pageOf(server.debugUrl));
      return sumOf(page, "berth_gc_removed_total", { kind: "blob" }) === 3 &&
        sumOf(page, "berth_gc_runs_total", { outcome: "done" }) > 0 &&
        sumOf(page, "berth_gc_freed_bytes_total") > 3_000_000;
    });
  });
});
