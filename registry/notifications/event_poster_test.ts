import { assertEquals, assertMatch } from "@std/assert";
import { createHmac } from "node:crypto";
import type { Event } from "../events.ts";
import { endpointOf, eventOf, TestListener } from "./notifier_kit.ts";
import { EventPoster, type PostOutcome } from "./event_poster.ts";
import type { Endpoint } from "./endpoint.ts";

const EVENT = JSON.parse(eventOf("1")) as Event;
const NEVER = new AbortController().signal;

/** Posts one event to a listener. */
async function post(
  changes: Partial<Endpoint>,
  body: (listener: TestListener, outcome: PostOutcome) => void,
  statuses: readonly number[] = [],
): Promise<void> {
  const listener = new TestListener();
  try {
    listener.statuses.push(...statuses);
    body(listener, await new EventPoster(endpointOf(listener.url, changes)).post([EVENT], NEVER));
  } finally {
    await listener.close();
  }
}

Deno.test("EventPoster.post() posts an envelope with its media type", async () => {
  await post({}, (listener, outcome) => {
    assertEquals(outcome, { kind: "taken", status: 200 });
    const [sent] = listener.posts;
    const type = "application/vnd.docker.distribution.events.v2+json";
    assertEquals(sent?.headers.get("Content-Type"), type);
    assertEquals(sent?.body, JSON.stringify({ events: [EVENT] }, null, 3));
    assertEquals(sent?.headers.has("X-Berth-Signature"), false);
  });
});

Deno.test("EventPoster.post() signs the body that it sends", async () => {
  await post({ secret: "s3cret" }, (listener) => {
    const [sent] = listener.posts;
    const expected = createHmac("sha256", "s3cret").update(sent?.body ?? "").digest("hex");
    assertEquals(sent?.headers.get("X-Berth-Signature"), `sha256=${expected}`);
  });
});

Deno.test("EventPoster.post() sends the headers of the settings, over its own", async () => {
  const headers = {
    Authorization: ["Bearer token"],
    "X-Many": ["a", "b"],
    "content-type": ["application/vnd.docker.distribution.events.v1+json"],
  };
  await post({ headers }, (listener) => {
    const sent = listener.posts[0]?.headers;
    assertEquals(sent?.get("Authorization"), "Bearer token");
    assertEquals(sent?.get("X-Many"), "a, b");
    assertEquals(sent?.get("Content-Type"), headers["content-type"][0]);
  });
});

Deno.test("EventPoster.post() sends the name and password of a URL as distribution does", async () => {
  const listener = new TestListener();
  const url = listener.url.replace("://", "://us%20er:pa%3Ass@");
  await new EventPoster(endpointOf(url)).post([EVENT], NEVER);
  await listener.close();
  assertEquals(listener.posts[0]?.headers.get("Authorization"), `Basic ${btoa("us er:pa:ss")}`);
});

for (const status of [200, 202, 204, 299, 304, 399]) {
  Deno.test(`EventPoster.post() takes ${status} for an event that was taken`, async () => {
    await post({}, (_, outcome) => assertEquals(outcome, { kind: "taken", status }), [status]);
  });
}

for (const status of [400, 401, 415, 500, 503]) {
  Deno.test(`EventPoster.post() takes ${status} for an event that was not`, async () => {
    await post(
      {},
      (_, outcome) =>
        assertEquals(outcome, { kind: "refused", status, reason: `it answered ${status}` }),
      [status],
    );
  });
}

Deno.test("EventPoster.post() gives up when its time is over", async () => {
  using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const url = `http://127.0.0.1:${silent.addr.port}/`;
  const outcome = await new EventPoster(endpointOf(url, { timeoutMs: 50 })).post([EVENT], NEVER);
  assertEquals(outcome, { kind: "failed", reason: "it did not answer in time" });
});

Deno.test("EventPoster.post() says why nobody can be reached, and not the URL", async () => {
  const closed = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  closed.close();
  const endpoint = endpointOf(`http://127.0.0.1:${closed.addr.port}/?token=secret`);
  const outcome = await new EventPoster(endpoint).post([EVENT], NEVER);
  assertEquals(outcome.kind, "failed");
  assertMatch(outcome.kind === "failed" ? outcome.reason : "", /^(?!.*secret).*refused/);
});
