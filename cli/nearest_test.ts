import { assertEquals } from "@std/assert";
import { nearest } from "./nearest.ts";

const NAMES = ["serve", "gc", "digest", "inspect"];

Deno.test("nearest() finds what was meant", () => {
  const cases: readonly [string, string | null][] = [
    ["serve", "serve"],
    ["serv", "serve"],
    ["sevre", "serve"],
    ["digests", "digest"],
    ["inspct", "inspect"],
    ["gv", "gc"],
    ["Serve", "serve"],
    ["", null],
    ["x", null],
    ["push", null],
    ["garbage-collect", null],
    ["x".repeat(10_000), null],
  ];
  for (const [written, name] of cases) assertEquals(nearest(written, NAMES), name, written);
});

Deno.test("nearest() is null where there is nothing to be near", () => {
  assertEquals(nearest("serve", []), null);
});
