import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { EventHeaders, EventHeadersKeeper } from "./event_headers.ts";

Deno.test("EventHeaders.get() is what the request said, and nothing secret", () => {
  const headers = new EventHeaders(
    new Headers({ "User-Agent": "test/1.0", Authorization: "Basic c2VjcmV0", Cookie: "secret" }),
  );
  assertEquals([headers.get("User-Agent"), headers.get("Host")], ["test/1.0", null]);
  assertThrows(() => headers.get("Authorization"), RangeError, "Authorization");
  assertEquals(headers.characters, "test/1.0".length);
});

Deno.test("EventHeadersKeeper.keep() keeps the same headers once, however many requests have them", () => {
  const keeper = new EventHeadersKeeper();
  const first = keeper.keep(new Headers({ "User-Agent": "a", Accept: "x" }));
  assertStrictEquals(keeper.keep(new Headers({ "User-Agent": "a", Accept: "y" })), first);
  const other = keeper.keep(new Headers({ "User-Agent": "a", "X-Forwarded-For": "192.0.2.1" }));
  assertEquals([first.get("X-Forwarded-For"), other.get("X-Forwarded-For")], [null, "192.0.2.1"]);
  assertEquals(keeper.keep(new Headers({ "User-Agent": "b" })).get("User-Agent"), "b");
  assertEquals(keeper.keep(new Headers()).get("User-Agent"), null);
});
