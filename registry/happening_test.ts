import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { bytesOf, digestOf, imageOf } from "./app_kit.ts";
import { happeningBytes } from "./happening.ts";
import { eventOfHappening, headersOf, pullOf } from "./happening_kit.ts";

Deno.test("eventText() tells when something happened, not when it is written", () => {
  const atMs = Date.UTC(2026, 0, 2, 3, 4, 5, 6);
  assertEquals(eventOfHappening(pullOf("1", { atMs })).timestamp, "2026-01-02T03:04:05.006Z");
});

Deno.test("eventText() gives each event an id of its own", () => {
  const pull = pullOf("1");
  const [first, second] = [eventOfHappening(pull), eventOfHappening(pull)];
  assertMatch(first.id, /^[0-9a-f-]{36}$/);
  assertNotEquals(first.id, second.id);
});

Deno.test("eventText() leaves out what is not known", () => {
  const { request, actor, target } = eventOfHappening(pullOf("1"));
  assertEquals(request, { id: "1", method: "GET", useragent: "" });
  assertEquals([actor, "references" in target, "fromRepository" in target], [{}, false, false]);
});

Deno.test("eventText() tells who asked, from where, and for what host", () => {
  const { request, actor } = eventOfHappening(pullOf("1", {
    headers: headersOf({ Host: "registry.test", "User-Agent": "test/1.0" }),
    peer: { transport: "tcp", hostname: "192.0.2.1", port: 5000 },
    user: "alice",
  }));
  assertEquals(request, {
    id: "1",
    addr: "192.0.2.1:5000",
    host: "registry.test",
    method: "GET",
    useragent: "test/1.0",
  });
  assertEquals(actor, { name: "alice" });
});

for (
  const [headers, origin] of [
    [{}, "http://registry.test"],
    [{ Host: "own.test:5000" }, "http://own.test:5000"],
    [{ Forwarded: "proto=https;host=a.test" }, "https://a.test"],
    [{
      "X-Forwarded-Proto": "https",
      "X-Forwarded-Host": "b.test",
      "X-Forwarded-Port": "8443",
    }, "https://b.test:8443"],
  ] as const
) {
  Deno.test(`eventText() writes a URL below ${origin} with ${JSON.stringify(headers)}`, () => {
    const { target } = eventOfHappening(pullOf("1", { headers: headersOf(headers) }));
    assertEquals(target.url, `${origin}/v2/team/app/manifests/${target.digest}`);
  });
}

Deno.test("eventText() lists what a document names", () => {
  const pull = pullOf("1");
  const document = bytesOf(imageOf("config", "layer"));
  const { target } = eventOfHappening({ ...pull, subject: { ...pull.subject, document } });
  const digests = target.references?.map(({ digest }) => digest);
  assertEquals(digests, [digestOf("config"), digestOf("layer")]);
});

Deno.test("happeningBytes() grows with all that clients choose the length of", () => {
  const pull = pullOf("");
  const { subject } = pull;
  const bytes = happeningBytes(pull);
  const long = "x".repeat(1_000);
  for (
    const changed of [
      pullOf(long),
      pullOf("", { url: `${pull.url}${long}` }),
      pullOf("", { user: long }),
      pullOf("", { headers: headersOf({ "User-Agent": long }) }),
      pullOf("", { headers: headersOf({ "X-Forwarded-Host": long }) }),
      pullOf("", { subject: { ...subject, mediaType: subject.mediaType + long } }),
      pullOf("", { subject: { ...subject, document: new Uint8Array(1_000) } }),
    ]
  ) assertEquals(happeningBytes(changed), bytes + 1_000);
});
