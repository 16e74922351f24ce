import { assertEquals } from "@std/assert";
import {
  HEADERS_REMEMBERED_MAX,
  HEADERS_REMEMBERED_MS,
  REMEMBERED_HEADER_CHARACTERS_MAX,
} from "../../storage/limits.ts";
import { TestClock } from "./auth_kit.ts";
import { RecentHeaders } from "./recent_headers.ts";

Deno.test("RecentHeaders remembers for seconds, and forgets everything then", () => {
  const clock = new TestClock();
  const recent = new RecentHeaders<number>(clock.nowMs);
  recent.set("a", 1);
  clock.ms += HEADERS_REMEMBERED_MS - 1;
  recent.set("b", 2);
  assertEquals([recent.get("a"), recent.get("b"), recent.get("c")], [1, 2, undefined]);
  clock.ms += 1;
  assertEquals([recent.get("a"), recent.get("b")], [undefined, undefined]);
  recent.set("a", 3);
  assertEquals(recent.get("a"), 3);
});

Deno.test("RecentHeaders forgets when the clock was put back", () => {
  const clock = new TestClock();
  const recent = new RecentHeaders<number>(clock.nowMs);
  recent.set("a", 1);
  clock.ms -= 1;
  assertEquals(recent.get("a"), undefined);
});

Deno.test("RecentHeaders takes no more than memory is meant for it", () => {
  const recent = new RecentHeaders<number>(new TestClock().nowMs);
  const long = "x".repeat(REMEMBERED_HEADER_CHARACTERS_MAX + 1);
  recent.set(long, 1);
  assertEquals(recent.get(long), undefined);
  for (let count = 0; count <= HEADERS_REMEMBERED_MAX; count++) recent.set(String(count), count);
  assertEquals(recent.get("0"), undefined);
  assertEquals(recent.get(String(HEADERS_REMEMBERED_MAX)), HEADERS_REMEMBERED_MAX);
});
