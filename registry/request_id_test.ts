import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { REQUEST_ID_CHARACTERS_MAX } from "../storage/limits.ts";
import { requestIdOf } from "./request_id.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;

function requestWith(id: string): Request {
  return new Request("http://127.0.0.1/v2/", { headers: { "X-Request-Id": id } });
}

Deno.test("requestIdOf() takes the id that a request came with", () => {
  assertEquals(requestIdOf(requestWith("edge-1:req/42")), "edge-1:req/42");
});

Deno.test("requestIdOf() makes a new id for each request without one", () => {
  const request = new Request("http://127.0.0.1/v2/");
  assertMatch(requestIdOf(request), UUID);
  assertNotEquals(requestIdOf(request), requestIdOf(request));
});

Deno.test("requestIdOf() does not repeat what could break a line or is too long", () => {
  const longest = "x".repeat(REQUEST_ID_CHARACTERS_MAX);
  assertEquals(requestIdOf(requestWith(longest)), longest);
  for (const id of ["a b", 'a"b', "a\tb", "", `${longest}x`]) {
    assertMatch(requestIdOf(requestWith(id)), UUID, id);
  }
});
