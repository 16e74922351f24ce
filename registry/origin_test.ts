import { assertEquals } from "@std/assert";
import { requestOrigin } from "./origin.ts";

function originOf(headers: Readonly<Record<string, string>>): string {
  return requestOrigin(new Request("http://own.test:5000/v2/", { headers }));
}

Deno.test("requestOrigin() is that of the request where no proxy says anything", () => {
  assertEquals(originOf({}), "http://own.test:5000");
  assertEquals(originOf({ Host: "asked.test" }), "http://asked.test");
  assertEquals(requestOrigin(new Request("https://own.test/v2/")), "https://own.test");
  assertEquals(requestOrigin(new Request("http://own.test/v2/"), "https"), "https://own.test");
});

Deno.test("requestOrigin() takes the first value of X-Forwarded-Proto, -Host and -Port", () => {
  const cases: readonly [headers: Record<string, string>, origin: string][] = [
    [{ "X-Forwarded-Proto": "https" }, "https://own.test:5000"],
    [{ "X-Forwarded-Proto": "https", "X-Forwarded-Host": "a.test" }, "https://a.test"],
    [{ "X-Forwarded-Proto": "HTTPS, http", "X-Forwarded-Host": "a.test, b" }, "https://a.test"],
    [{ "X-Forwarded-Host": "a.test", "X-Forwarded-Port": "8080" }, "http://a.test:8080"],
    [{ "X-Forwarded-Host": "a.test:1", "X-Forwarded-Port": "8080" }, "http://a.test:1"],
    [
      { "X-Forwarded-Proto": "https", "X-Forwarded-Host": "a.test", "X-Forwarded-Port": "443" },
      "https://a.test",
    ],
    [{ "X-Forwarded-Host": "[2001:db8::1]:5000" }, "http://[2001:db8::1]:5000"],
  ];
  for (const [headers, origin] of cases) assertEquals(originOf(headers), origin);
});

Deno.test("requestOrigin() takes the first element of Forwarded before X-Forwarded-*", () => {
  const cases: readonly [forwarded: string, origin: string][] = [
    ["proto=https;host=a.test", "https://a.test"],
    ['for="[2001:db8::1]:1"; Host="a.test:5000" ; PROTO=https', "https://a.test:5000"],
    ["for=192.0.2.1, proto=https;host=second.test", "http://own.test:5000"],
    ["host=a.test, host=b.test;proto=https", "http://a.test"],
    ["", "http://own.test:5000"],
  ];
  for (const [forwarded, origin] of cases) {
    assertEquals(originOf({ Forwarded: forwarded, "X-Forwarded-Host": "no.test" }), origin);
  }
});

Deno.test("requestOrigin() passes over what is no scheme, host or port", () => {
  for (const host of ["a b", "a.test/x", "user@a.test", "a.test:x", '"', "a.test?", "<a>", ""]) {
    assertEquals(originOf({ "X-Forwarded-Host": host }), "http://own.test:5000", host);
  }
  assertEquals(originOf({ "X-Forwarded-Proto": "javascript" }), "http://own.test:5000");
  assertEquals(
    originOf({ "X-Forwarded-Host": "a.test", "X-Forwarded-Port": "x" }),
    "http://a.test",
  );
});
