import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { StorageError } from "../storage/errors.ts";
import {
  assertAnswer,
  bytesOf,
  digestOf,
  imageOf,
  indexOf,
  openRegistry,
  pushBlob,
  pushImage,
  putManifest,
  type TestRegistry,
} from "./app_kit.ts";
import { type EventOptions, EventRecorder, type EventSink } from "./event_recorder.ts";
import type { Event } from "./events.ts";
import type { Happening } from "./happening.ts";
import { eventOfHappening, SOURCE } from "./happening_kit.ts";
import { observed } from "./observe.ts";
import { DOCKER_IMAGE, DOCKER_INDEX, OCI_IMAGE, OCTET_STREAM } from "./media_types.ts";

/** Remembers what it is given. */
class TestSink implements EventSink {
  isFull = false;
  failure: Error | null = null;
  readonly kept: Event[] = [];
  readonly passed: Happening[] = [];

  keep(events: readonly string[]): Promise<void> {
    if (this.failure !== null) return Promise.reject(this.failure);
    this.kept.push(...events.map((event) => JSON.parse(event)));
    return Promise.resolve();
  }

  pass(pull: Happening): void {
    this.passed.push(pull);
  }

  /** What came since this was last asked. */
  take(): readonly Event[] {
    return [...this.kept.splice(0), ...this.passed.splice(0).map(eventOfHappening)];
  }
}

function openWithSink(
  options: Partial<EventOptions> = {},
): { readonly registry: TestRegistry; readonly sink: TestSink } {
  const sink = new TestSink();
  const events = new EventRecorder(sink, {
    source: SOURCE,
    includesReferences: false,
    isWanted: () => true,
    ...options,
  });
  return { registry: openRegistry({}, undefined, { events }), sink };
}

/** What an event says in few words. */
function summary({ action, target }: Event): string {
  const { mediaType, digest, repository, tag, fromRepository } = target;
  const words = [action, repository, mediaType, digest, tag ?? "", fromRepository ?? ""];
  return words.filter((word) => word !== "").join(" ");
}

function summaries(events: readonly Event[]): readonly string[] {
  return events.map(summary);
}

const CONFIG = digestOf("config");
const LAYER = digestOf("layer");
const IMAGE = imageOf("config", "layer");

Deno.test("an event says who did what to what, its members in the order of distribution", async () => {
  const { registry, sink } = openWithSink();
  await pushImage(registry, "team/app", "v1");
  sink.take();
  const answer = await registry.send("PUT", "/v2/team/app/manifests/v2", {
    headers: {
      "Content-Type": OCI_IMAGE,
      Host: "registry.test",
      "User-Agent": "test/1.0",
      "X-Forwarded-For": "192.0.2.7, 10.0.0.1",
      "X-Request-Id": "request-1",
    },
    body: bytesOf(IMAGE),
  });
  assertAnswer(answer, 201);
  const [event] = sink.take();
  assert(event !== undefined);
  assertMatch(event.id, /^[0-9a-f-]{36}$/);
  assertMatch(event.timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  const digest = digestOf(IMAGE);
  const size = bytesOf(IMAGE).length;
  assertEquals(
    JSON.stringify({ ...event, id: "", timestamp: "" }),
    JSON.stringify({
      id: "",
      timestamp: "",
      action: "push",
      target: {
        mediaType: OCI_IMAGE,
        digest,
        size,
        length: size,
        repository: "team/app",
        url: `http://registry.test/v2/team/app/manifests/${digest}`,
        tag: "v2",
      },
      request: {
        id: "request-1",
        addr: "192.0.2.7",
        host: "registry.test",
        method: "PUT",
        useragent: "test/1.0",
      },
      actor: {},
      source: SOURCE,
    }),
  );
});

Deno.test("pushes of blobs and manifests are kept", async () => {
  const { registry, sink } = openWithSink();
  await pushImage(registry, "a", "v1");
  const digest = digestOf(IMAGE);
  assertEquals(summaries(sink.kept), [
    `push a ${OCTET_STREAM} ${CONFIG}`,
    `push a ${OCTET_STREAM} ${LAYER}`,
    `push a ${OCI_IMAGE} ${digest} v1`,
  ]);
  assertEquals(sink.passed, []);
  assertNotEquals(sink.kept[0]?.id, sink.kept[1]?.id);
});

Deno.test("an upload in steps is told of once it is a blob", async () => {
  const { registry, sink } = openWithSink();
  const begun = await registry.send("POST", "/v2/a/blobs/uploads/");
  const location = begun.header("Location") ?? "";
  await registry.send("PATCH", location, { body: "layer" });
  assertEquals(sink.take(), []);
  assertAnswer(await registry.send("PUT", `${location}?digest=${LAYER}`), 201);
  assertEquals(summaries(sink.take()), [`push a ${OCTET_STREAM} ${LAYER}`]);
});

Deno.test("a manifest that gets several tags is told of with each, one by digest alone without", async () => {
  const { registry, sink } = openWithSink();
  await pushImage(registry, "a", "v1");
  sink.take();
  const digest = digestOf(IMAGE);
  await putManifest(registry, "a", `${digest}?tag=v2&tag=v3`, IMAGE);
  await putManifest(registry, "a", digest, IMAGE);
  const push = `push a ${OCI_IMAGE} ${digest}`;
  assertEquals(summaries(sink.take()), [`${push} v2`, `${push} v3`, push]);
});

Deno.test("a mount says where the blob comes from", async () => {
  const { registry, sink } = openWithSink();
  await pushBlob(registry, "a", "layer");
  sink.take();
  const mount = `/v2/b/blobs/uploads/?mount=${LAYER}`;
  assertAnswer(await registry.send("POST", `${mount}&from=a`), 201);
  assertAnswer(await registry.send("POST", `${mount}&from=nowhere`), 202);
  assertEquals(summaries(sink.take()), [`mount b ${OCTET_STREAM} ${LAYER} a`]);
});

Deno.test("pulls are passed on, by GET and by HEAD, and with the tag if there is one", async () => {
  const { registry, sink } = openWithSink();
  await pushImage(registry, "a", "v1");
  sink.take();
  const digest = digestOf(IMAGE);
  for (const method of ["GET", "HEAD"]) {
    await registry.send(method, "/v2/a/manifests/v1", { headers: { Accept: OCI_IMAGE } });
    await registry.send(method, `/v2/a/manifests/${digest}`, { headers: { Accept: OCI_IMAGE } });
    await registry.send(method, `/v2/a/blobs/${LAYER}`);
    assertEquals(sink.kept, []);
    const pull = `pull a ${OCI_IMAGE} ${digest}`;
    assertEquals(summaries(sink.take()), [`${pull} v1`, pull, `pull a ${OCTET_STREAM} ${LAYER}`]);
  }
});

Deno.test("a pull by one request is remembered with what the next ones do not share", async () => {
  const { registry, sink } = openWithSink();
  await pushImage(registry, "a", "v1");
  sink.take();
  for (const agent of ["one", "two", "two"]) {
    const headers = { Accept: OCI_IMAGE, "User-Agent": agent, "X-Request-Id": `by-${agent}` };
    await registry.send("GET", "/v2/a/manifests/v1", { headers });
  }
  assertEquals(sink.take().map(({ request }) => request.useragent), ["one", "two", "two"]);
});

Deno.test("an event tells the other end of the connection that its request came over", async () => {
  const { registry, sink } = openWithSink();
  await pushImage(registry, "a", "v1");
  sink.take();
  const remoteAddr = { transport: "tcp" as const, hostname: "192.0.2.9", port: 4242 };
  const send = observed(registry.app, { metrics: null, access: null, tracing: null });
  const request = new Request("http://registry.test/v2/a/manifests/v1");
  assertEquals((await send(request, { remoteAddr })).status, 200);
  assertEquals(sink.take().map((event) => event.request.addr), ["192.0.2.9:4242"]);
});

Deno.test("a manifest that a client has is not pulled, and a blob is, as in distribution", async () => {
  const { registry, sink } = openWithSink();
  await pushImage(registry, "a", "v1");
  sink.take();
  const etag = (digest: string): Record<string, string> => ({ "If-None-Match": `"${digest}"` });
  const manifest = await registry.send("GET", "/v2/a/manifests/v1", {
    headers: etag(digestOf(IMAGE)),
  });
  const blob = await registry.send("GET", `/v2/a/blobs/${LAYER}`, { headers: etag(LAYER) });
  assertEquals([manifest.status, blob.status], [304, 304]);
  assertEquals(summaries(sink.take()), [`pull a ${OCTET_STREAM} ${LAYER}`]);
});

Deno.test("a list whose child is handed out is two pulls", async () => {
  const { registry, sink } = openWithSink();
  const child = await pushImage(registry, "a", "child", "", { mediaType: DOCKER_IMAGE });
  const platform = { architecture: "amd64", os: "linux" };
  const list = indexOf([{ document: child, platform }], DOCKER_INDEX);
  await putManifest(registry, "a", "v1", list);
  sink.take();
  await registry.send("GET", "/v2/a/manifests/v1", { headers: { Accept: DOCKER_IMAGE } });
  assertEquals(summaries(sink.take()), [
    `pull a ${DOCKER_INDEX} ${digestOf(list)} v1`,
    `pull a ${DOCKER_IMAGE} ${digestOf(child)}`,
  ]);
});

Deno.test("deletes name the digest alone, and each tag that is gone with it", async () => {
  const { registry, sink } = openWithSink();
  await pushImage(registry, "a", "v1");
  const digest = digestOf(IMAGE);
  for (const tag of ["v2", "v3"]) await putManifest(registry, "a", tag, IMAGE);
  sink.take();
  await registry.send("DELETE", "/v2/a/manifests/v2");
  await registry.send("DELETE", `/v2/a/manifests/${digest}`);
  await registry.send("DELETE", `/v2/a/blobs/${LAYER}`);
  const events = sink.take();
  assertEquals(summaries(events), [
    "delete a v2",
    `delete a ${digest}`,
    "delete a v1",
    "delete a v3",
    `delete a ${LAYER}`,
  ]);
  assertEquals(
    JSON.stringify(events[0]?.target),
    '{"mediaType":"","digest":"","size":0,"repository":"a","tag":"v2"}',
  );
});

Deno.test("what failed is not told of", async () => {
  const { registry, sink } = openWithSink();
  assertAnswer(await putManifest(registry, "a", "v1", IMAGE), 400, "MANIFEST_BLOB_UNKNOWN");
  assertAnswer(await registry.send("GET", "/v2/a/manifests/v1"), 404, "MANIFEST_UNKNOWN");
  assertAnswer(await registry.send("DELETE", `/v2/a/blobs/${LAYER}`), 404, "BLOB_UNKNOWN");
  assertEquals(sink.take(), []);
});

Deno.test("with references, manifests list what they name", async () => {
  const { registry, sink } = openWithSink({ includesReferences: true });
  await pushImage(registry, "a", "v1");
  const index = indexOf([{ document: IMAGE }]);
  await putManifest(registry, "a", "multi", index);
  await registry.send("GET", "/v2/a/manifests/v1", { headers: { Accept: OCI_IMAGE } });
  assert(sink.passed.every(({ subject }) => subject.document !== null));
  const references = sink.take().map(({ target }) =>
    target.references?.map(({ digest }) => digest)
  );
  const own = [CONFIG, LAYER];
  assertEquals(references, [undefined, undefined, own, [digestOf(IMAGE)], own]);
});

Deno.test("what no listener wants is not told of", async () => {
  const { registry, sink } = openWithSink({
    isWanted: (action, mediaType) => action === "push" && mediaType === OCI_IMAGE,
  });
  await pushImage(registry, "a", "v1");
  await registry.send("GET", "/v2/a/manifests/v1");
  assertEquals(summaries(sink.take()), [`push a ${OCI_IMAGE} ${digestOf(IMAGE)} v1`]);
});

Deno.test("a write whose event cannot be kept is not acknowledged", async () => {
  const { registry, sink } = openWithSink();
  await pushImage(registry, "a", "v1");
  sink.failure = new StorageError("full", "Cannot append to the log: no space");
  const writes = [
    await putManifest(registry, "a", "v2", IMAGE),
    await registry.send("POST", `/v2/a/blobs/uploads/?digest=${LAYER}`, { body: "layer" }),
    await registry.send("POST", `/v2/b/blobs/uploads/?mount=${LAYER}&from=a`),
    await registry.send("DELETE", "/v2/a/manifests/v1"),
  ];
  for (const answer of writes) {
    assertAnswer(answer, 503, "UNAVAILABLE");
    assertEquals(answer.header("Retry-After"), "5");
  }
  assertEquals(registry.reports.length, writes.length);
  sink.failure = null;
  sink.take();
  assertAnswer(await putManifest(registry, "a", "v2", IMAGE), 201);
  assertEquals(summaries(sink.take()), [`push a ${OCI_IMAGE} ${digestOf(IMAGE)} v2`]);
});

Deno.test("while there is no room for events, nothing is written and everything can be read", async () => {
  const { registry, sink } = openWithSink();
  await pushImage(registry, "a", "v1");
  sink.isFull = true;
  assertAnswer(await putManifest(registry, "a", "v2", IMAGE), 503, "UNAVAILABLE");
  assertAnswer(await registry.send("POST", "/v2/a/blobs/uploads/"), 503, "UNAVAILABLE");
  assertAnswer(await registry.send("DELETE", "/v2/a/manifests/v1"), 503, "UNAVAILABLE");
  const headers = { Accept: OCI_IMAGE };
  assertAnswer(
    await registry.send("GET", "/v2/a/manifests/v2", { headers }),
    404,
    "MANIFEST_UNKNOWN",
  );
  assertAnswer(await registry.send("GET", "/v2/a/manifests/v1", { headers }), 200);
});

Deno.test("the URL of a target is absolute, also where answers have paths", async () => {
  const events = (sink: EventSink): EventRecorder =>
    new EventRecorder(sink, { source: SOURCE, includesReferences: false, isWanted: () => true });
  const sink = new TestSink();
  const urls = { host: "https://registry.example", prefix: "/", isRelative: true };
  const registry = openRegistry({ urls }, undefined, { events: events(sink) });
  await pushBlob(registry, "a", "layer");
  assertEquals(sink.take()[0]?.target.url, `https://registry.example/v2/a/blobs/${LAYER}`);
});
