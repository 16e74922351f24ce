import { assertEquals } from "@std/assert";
import { digestOf } from "./app_kit.ts";
import { envelopeText, type Event } from "./events.ts";
import { DOCKER_IMAGE, OCTET_STREAM } from "./media_types.ts";

Deno.test("envelopeText() writes what distribution's own format test expects", () => {
  const event = (id: string, target: Partial<Event["target"]>): Event => ({
    id: `asdf-asdf-asdf-asdf-${id}`,
    timestamp: "2006-01-02T15:04:05Z",
    action: "push",
    target: {
      ...target,
      repository: "library/test",
      url: "http://example.com/v2/library/test/manifests/latest",
    } as Event["target"],
    request: {
      id: "asdfasdf",
      addr: "client.local",
      host: "registrycluster.local",
      method: "PUT",
      useragent: "test/0.1",
    },
    actor: { name: "test-actor" },
    source: { addr: "hostname.local:port" } as Event["source"],
  });
  const digest = digestOf("layer");
  const text = envelopeText({
    events: [
      event("0", { mediaType: DOCKER_IMAGE, digest, size: 1, length: 1 }),
      event("1", { mediaType: OCTET_STREAM, digest, size: 2, length: 2 }),
    ],
  });
  const expected = (id: string, mediaType: string, size: number): string =>
    `      {
         "id": "asdf-asdf-asdf-asdf-${id}",
         "timestamp": "2006-01-02T15:04:05Z",
         "action": "push",
         "target": {
            "mediaType": "${mediaType}",
            "digest": "${digest}",
            "size": ${size},
            "length": ${size},
            "repository": "library/test",
            "url": "http://example.com/v2/library/test/manifests/latest"
         },
         "request": {
            "id": "asdfasdf",
            "addr": "client.local",
            "host": "registrycluster.local",
            "method": "PUT",
            "useragent": "test/0.1"
         },
         "actor": {
            "name": "test-actor"
         },
         "source": {
            "addr": "hostname.local:port"
         }
      }`;
  const events = [expected("0", DOCKER_IMAGE, 1), expected("1", OCTET_STREAM, 2)];
  assertEquals(text, `{\n   "events": [\n${events.join(",\n")}\n   ]\n}`);
});
