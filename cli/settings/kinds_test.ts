import { assert, assertEquals } from "@std/assert";
import * as kinds from "./kinds.ts";

const { address, count, duration, integer, number, oneOf, prefix, rate, regexp, toggle, url } =
  kinds;

function parse<T>(kind: kinds.Kind<T>, text: string, value: unknown = text): T | null {
  return kind.parse({ value, text });
}

Deno.test("toggle takes the words of YAML 1.1, and no text in quotes", () => {
  assertEquals([parse(toggle, "true", true), parse(toggle, "False", false)], [true, false]);
  assertEquals(["yes", "On", "y"].map((word) => parse(toggle, word)), [true, true, true]);
  assertEquals(["no", "OFF", "n"].map((word) => parse(toggle, word)), [false, false, false]);
  assertEquals(["true", "false", "", "1", "truth"].map((word) => parse(toggle, word)), [
    null,
    null,
    null,
    null,
    null,
  ]);
});

Deno.test("numbers of each kind have their least value", () => {
  assertEquals(["0", "1", "9007199254740991"].map((text) => parse(count, text)), [
    null,
    1,
    Number.MAX_SAFE_INTEGER,
  ]);
  assertEquals(["-1", "0"].map((text) => parse(number, text)), [null, 0]);
  assertEquals(parse(integer, "-3"), -3);
  assertEquals(["0.5", "3", "-1", "x"].map((text) => parse(rate, text)), [0.5, 3, null, null]);
  for (const text of ["", "1.5", "1e3", "0x10", "9".repeat(20), " 1", "many"]) {
    assertEquals([parse(count, text), parse(number, text), parse(integer, text)], [
      null,
      null,
      null,
    ]);
  }
});

Deno.test("duration takes no number without a unit but 0", () => {
  assertEquals(parse(duration, "168h"), 604_800_000);
  assertEquals(parse(duration, "0"), 0);
  assertEquals(["10", "1000000000", "soon", "-1s"].map((text) => parse(duration, text)), [
    null,
    null,
    null,
    null,
  ]);
});

Deno.test("address takes a host and port, or an absolute path", () => {
  assertEquals(parse(address, ":5000"), { host: "", port: 5000 });
  assertEquals(parse(address, "/run/berth.sock"), { path: "/run/berth.sock" });
  assertEquals(parse(address, "nowhere"), null);
});

Deno.test("url, prefix and regexp take what they are named for", () => {
  assertEquals(["https://a.example:5000/x", "ftp://a", "http://", "a"].map((t) => parse(url, t)), [
    "https://a.example:5000/x",
    null,
    null,
    null,
  ]);
  assertEquals(["/", "/a/b/", "/a", "a/", "/a b/"].map((t) => parse(prefix, t)), [
    "/",
    "/a/b/",
    null,
    null,
    null,
  ]);
  assertEquals([parse(regexp, "^https?://"), parse(regexp, "(")], ["^https?://", null]);
});

Deno.test("oneOf() takes its words in any case", () => {
  const kind = oneOf("all", "tls1.2");
  assertEquals(["ALL", "Tls1.2", "none"].map((word) => parse(kind, word)), ["all", "tls1.2", null]);
  const pattern = new RegExp(String(kind.schema.pattern));
  assert(pattern.test("TLS1.2") && !pattern.test("tls1x2"));
});
