import { assert, assertEquals, assertMatch } from "@std/assert";
import { BLOB_BUFFERED_BYTES_MAX } from "../storage/limits.ts";
import type { AccessEntry } from "./access_log.ts";
import { sharedBody } from "./kept_body.ts";
import type { Metrics } from "./metrics.ts";
import { openMetricsOf } from "./metrics_kit.ts";
import { type Observation, observed } from "./observe.ts";
import { RequestMetrics } from "./request_metrics.ts";
import { type Answer, type AnswerBody, respond, toResponse } from "./respond.ts";
import { ROUTES } from "./routes.ts";

const CONNECTION = {
  remoteAddr: { transport: "tcp" as const, hostname: "192.0.2.7", port: 4242 },
};

interface Watched {
  readonly metrics: Metrics;
  readonly entries: readonly AccessEntry[];
  send(request: Request): Promise<Response>;
}

function watch(app: (request: Request, observation: Observation) => Promise<Answer>): Watched {
  const [metrics] = openMetricsOf(1);
  const entries: AccessEntry[] = [];
  const send = observed(app, {
    metrics: new RequestMetrics(metrics),
    access: (entry) => entries.push(entry),
    tracing: null,
  });
  return {
    metrics,
    entries,
    send: async (request) => toResponse(await send(request, CONNECTION)),
  };
}

function requestOf(method = "GET", headers: Readonly<Record<string, string>> = {}): Request {
  return new Request("http://registry.test/v2/a/blobs/b", { method, headers });
}

function enter(observation: Observation, label: string): void {
  const route = ROUTES.find((each) => each.label === label);
  assert(route !== undefined);
  observation.routed(route, "team/app", "b");
  observation.recognized("alice");
}

function answerOf(body: AnswerBody, length: number, status = 200): Answer {
  return respond(status, { "Content-Length": String(length) }, body);
}

function inFlight(metrics: Metrics): number {
  return metrics.family("registry_http_in_flight_requests").total();
}

Deno.test("observed() tells of a request what the app found out, once it is answered", async () => {
  const watched = watch((_, observation) => {
    enter(observation, "blob");
    observation.received(5);
    assertEquals(inFlight(watched.metrics), 1);
    return Promise.resolve(answerOf("hello", 5, 202));
  });
  const response = await watched.send(requestOf("POST", { "X-Request-Id": "mine" }));
  assertEquals(await response.text(), "hello");
  assertEquals(response.headers.get("X-Request-Id"), "mine");
  const [entry] = watched.entries;
  assert(entry !== undefined);
  const { requestId, remoteAddress, user, name, reference, status, sentBytes, receivedBytes } =
    entry;
  assertEquals(
    { requestId, remoteAddress, user, name, reference, status, sentBytes, receivedBytes },
    {
      requestId: "mine",
      remoteAddress: "192.0.2.7",
      user: "alice",
      name: "team/app",
      reference: "b",
      status: 202,
      sentBytes: 5,
      receivedBytes: 5,
    },
  );
  const labels = { handler: "blob", code: "202", method: "post" };
  const { metrics } = watched;
  assertEquals([...metrics.family("registry_http_requests_total").series()], [
    { labels, value: 1, counts: [] },
  ]);
  assertEquals(inFlight(metrics), 0);
  assertEquals(metrics.family("berth_http_received_bytes_total").total(), 5);
  assertEquals(metrics.family("berth_http_sent_bytes_total").total(), 5);
  assertEquals(metrics.family("registry_http_request_size_bytes").total(), 5);
  assertEquals(metrics.family("registry_http_response_size_bytes").total(), 5);
});

Deno.test("observed() gives a request an id that has none, or one that cannot be repeated", async () => {
  const watched = watch((_, { requestId }) => Promise.resolve(answerOf(requestId, 36)));
  for (const headers of [{}, { "X-Request-Id": 'a"b' }]) {
    const response = await watched.send(requestOf("GET", headers));
    assertMatch(response.headers.get("X-Request-Id") ?? "", /^[0-9a-f-]{36}$/);
    assertEquals(await response.text(), response.headers.get("X-Request-Id"));
  }
});

Deno.test("observed() counts requests that no route fits as other ones", async () => {
  const watched = watch(() => Promise.resolve(answerOf("", 0, 404)));
  await watched.send(requestOf("GET"));
  assertEquals(
    [...watched.metrics.family("registry_http_requests_total").series()].map(({ labels }) =>
      labels
    ),
    [{ handler: "other", code: "404", method: "get" }],
  );
  assertEquals(inFlight(watched.metrics), 0);
});

Deno.test("observed() counts no bytes of an answer to HEAD", async () => {
  const watched = watch(() => Promise.resolve(answerOf(null, 1_000)));
  await watched.send(requestOf("HEAD"));
  assertEquals(watched.entries[0]?.sentBytes, 0);
  assertEquals(watched.metrics.family("berth_http_sent_bytes_total").total(), 0);
});

const LARGE_BYTES = BLOB_BUFFERED_BYTES_MAX + 10;
const PIECE_BYTES = LARGE_BYTES / 2;

/** A body that comes in two pieces, and then whatever `end` does. */
function largeBody(end: (controller: ReadableStreamDefaultController) => void): ReadableStream {
  let pieces = 0;
  return new ReadableStream({
    pull(controller): void {
      if (pieces++ < 2) controller.enqueue(new Uint8Array(PIECE_BYTES));
      else end(controller);
    },
  }, { highWaterMark: 0 });
}

Deno.test("observed() tells of a large body when it has gone, and counts it while it goes", async () => {
  const watched = watch((_, observation) => {
    enter(observation, "blob");
    return Promise.resolve(answerOf(largeBody((body) => body.close()), LARGE_BYTES));
  });
  const response = await watched.send(requestOf());
  const reader = response.body?.getReader();
  await reader?.read();
  assertEquals([watched.entries.length, inFlight(watched.metrics)], [0, 1]);
  assertEquals(watched.metrics.family("berth_http_sent_bytes_total").total(), PIECE_BYTES);
  await reader?.read();
  assertEquals((await reader?.read())?.done, true);
  assertEquals(watched.entries.map(({ sentBytes }) => sentBytes), [LARGE_BYTES]);
  assertEquals(inFlight(watched.metrics), 0);
});

Deno.test("observed() tells of a large body from memory at once, and does not read it", async () => {
  const body = sharedBody(new Uint8Array(LARGE_BYTES));
  const watched = watch((_, observation) => {
    enter(observation, "blob");
    return Promise.resolve(answerOf(body, LARGE_BYTES));
  });
  for (let round = 1; round <= 3; round++) {
    const response = await watched.send(requestOf());
    assertEquals(watched.entries.map(({ sentBytes }) => sentBytes), Array(round).fill(LARGE_BYTES));
    assertEquals((await response.bytes()).length, LARGE_BYTES);
  }
  assertEquals(inFlight(watched.metrics), 0);
});

Deno.test("observed() tells how much went of a body that nobody wants any more", async () => {
  const watched = watch((_, observation) => {
    enter(observation, "blob");
    return Promise.resolve(answerOf(largeBody(() => {}), LARGE_BYTES));
  });
  const reader = (await watched.send(requestOf())).body?.getReader();
  await reader?.read();
  const pending = [reader?.read(), reader?.read()];
  await reader?.cancel();
  await Promise.all(pending);
  assertEquals(watched.entries.map(({ sentBytes }) => sentBytes <= LARGE_BYTES), [true]);
  assertEquals(inFlight(watched.metrics), 0);
});

Deno.test("observed() tells how much went of a body that fails, and lets it fail", async () => {
  const watched = watch((_, observation) => {
    enter(observation, "blob");
    const body = largeBody((controller) => controller.error(new Error("the disk is gone")));
    return Promise.resolve(answerOf(body, LARGE_BYTES));
  });
  const response = await watched.send(requestOf());
  const failure = await response.arrayBuffer().then(() => null, (error: Error) => error.message);
  assertEquals(failure, "the disk is gone");
  assertEquals(watched.entries.map(({ sentBytes }) => sentBytes), [LARGE_BYTES]);
  assertEquals(inFlight(watched.metrics), 0);
});

Deno.test("observed() counts uploads that begin and end", async () => {
  const steps: readonly [label: string, method: string, status: number, left: number][] = [
    ["blob_upload", "POST", 202, 1],
    ["blob_upload", "POST", 201, 1],
    ["blob_upload", "POST", 202, 2],
    ["blob_upload_chunk", "PATCH", 202, 2],
    ["blob_upload_chunk", "PUT", 400, 2],
    ["blob_upload_chunk", "PUT", 201, 1],
    ["blob_upload_chunk", "DELETE", 204, 0],
  ];
  const [metrics] = openMetricsOf(1);
  const observers = { metrics: new RequestMetrics(metrics), access: null, tracing: null };
  for (const [label, method, status, left] of steps) {
    const app = observed((_, observation) => {
      enter(observation, label);
      return Promise.resolve(respond(status));
    }, observers);
    await app(requestOf(method), CONNECTION);
    assertEquals(metrics.family("berth_uploads_in_progress").total(), left, `${label} ${status}`);
  }
});
