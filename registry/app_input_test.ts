import { assertEquals, assertLess } from "@std/assert";
import { assertAnswer, digestOf, filesOf, openRegistry, pathOf, pushImage } from "./app_kit.ts";
import { ROUTES } from "./routes.ts";

Deno.test("createApp() answers 404 where there is no route", async () => {
  const registry = openRegistry();
  const paths = [
    "/v1/",
    "/v2x",
    "/V2/",
    "/v2/test",
    "/v2/tags/list",
    "/v2/test/tags/list/more",
    "/v2/test/tags",
    "/v2/test/manifests/",
    "/v2/test/manifests",
    "/v2/test/blobs/",
    "/v2/test/referrers/",
    `/v2/blobs/${digestOf("x")}`,
    "/v2//tags/list",
    "//v2/",
    "/v2//",
    "/etc/passwd",
    "/../../etc/passwd",
    "/v2/../../etc/passwd",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/v2/%",
    "/v2/%zz/tags/list",
    "/v2/%ff%fe/tags/list",
    "/v2/%c0%ae%c0%ae/tags/list",
    "/v2/test/manifests/a%2Fb",
    "/v2/test/manifests/a%2F..%2F..%2Fb",
    `/${"x".repeat(60_000)}`,
    "/%00",
    "/%0d%0aX-Injected: 1",
  ];
  for (const path of paths) {
    const answer = await registry.send("GET", path);
    assertAnswer(answer, 404, "UNSUPPORTED", path.slice(0, 100));
    assertLess(answer.bytes.length, 600);
    assertEquals(answer.header("X-Injected"), null);
  }
  assertEquals(registry.reports, []);
});

/** Each is one name in a path, as it is written there. */
const MALFORMED_NAMES: readonly string[] = [
  "Upper",
  "a b",
  "a%20b",
  "-a",
  "a-",
  ".a",
  "a.",
  "a..b",
  "_a",
  "a___b",
  "a//b",
  "a/",
  "/a",
  "%2Fa",
  "/etc/passwd",
  "..",
  "../..",
  "a/../b",
  "a/..",
  "./a",
  "%2e%2e",
  "%2E%2E%2F%2e%2e",
  "..%2f..%2fetc",
  "%252e%252e",
  "%252e%252e%252f",
  "a%252Fb",
  "a%5c..%5cb",
  "a\\b",
  "a%00",
  "%00",
  "a%00b",
  "a%0d%0ab",
  "a%0a",
  "%0Aa",
  "a:b",
  "a@b",
  "_catalog",
  "a/_layers",
  "_uploads/b",
  "%C3%A4",
  "a%E2%80%AE",
  "a~b",
  "a+b",
  "a".repeat(256),
  `${"a/".repeat(128)}a`,
  "a".repeat(50_000),
  `${"a-".repeat(20_000)}!`,
];

Deno.test("createApp() refuses malformed names on every route, and writes nothing", async () => {
  const registry = openRegistry();
  for (const route of ROUTES.filter(({ path }) => path.includes("<name>"))) {
    for (const { method } of route.endpoints) {
      for (const name of MALFORMED_NAMES) {
        const answer = await registry.send(method, pathOf(route.path, name));
        const line = `${method} ${route.path} ${name.slice(0, 60)}`;
        assertEquals(answer.status, 400, line);
        if (method !== "HEAD") assertAnswer(answer, 400, "NAME_INVALID", line);
        assertLess(answer.bytes.length, 2_500, line);
      }
    }
  }
  assertEquals(await filesOf(registry.driver), []);
  assertEquals(registry.reports, []);
});

const BAD_DIGESTS: readonly string[] = [
  "sha256:",
  "sha256:zz",
  "sha256:totallywrong",
  `sha256:${"A".repeat(64)}`,
  `sha256:${"a".repeat(63)}`,
  `sha256:${"a".repeat(65)}`,
  `SHA256:${"a".repeat(64)}`,
  `sha257:${"a".repeat(64)}`,
  `md5:${"a".repeat(32)}`,
  `__proto__:${"a".repeat(64)}`,
  `constructor:${"a".repeat(64)}`,
  `sha256:${"a".repeat(32)}:${"a".repeat(31)}`,
  `sha256:..%2e${"a".repeat(61)}`,
  `sha256:${"a".repeat(63)}%00`,
  `sha256:${"a".repeat(64)}%0a`,
  `sha256:${"a".repeat(64)}%20`,
  ":",
  `:${"a".repeat(64)}`,
  `sha256:${"a".repeat(50_000)}`,
];

Deno.test("createApp() refuses malformed and unknown digests on every route, and writes nothing", async () => {
  const registry = openRegistry();
  for (const route of ROUTES.filter(({ path }) => /<(?:digest|reference)>/.test(path))) {
    for (const { method } of route.endpoints) {
      for (const digest of BAD_DIGESTS) {
        const body = method === "PUT" ? { body: "{}" } : {};
        const answer = await registry.send(method, pathOf(route.path, "a", digest), body);
        const line = `${method} ${route.path} ${digest.slice(0, 80)}`;
        assertEquals(answer.status, 400, line);
        if (method !== "HEAD") assertAnswer(answer, 400, "DIGEST_INVALID", line);
        assertLess(answer.bytes.length, 600, line);
      }
    }
  }
  for (const digest of BAD_DIGESTS) {
    for (const query of [`digest=${digest}`, `mount=${digest}`, `mount=${digest}&from=b`]) {
      const answer = await registry.send("POST", `/v2/a/blobs/uploads/?${query}`, { body: "x" });
      assertAnswer(answer, 400, "DIGEST_INVALID", query.slice(0, 100));
    }
  }
  assertEquals(await filesOf(registry.driver), []);
});

Deno.test("createApp() reads queries that say nothing, twice or too much", async () => {
  const registry = openRegistry();
  await pushImage(registry, "a", "latest");
  const queries = [
    "",
    "?",
    "&",
    "?&&=&=",
    "?%",
    "?%zz=%ff",
    "?n",
    "?last",
    `?${"x=1&".repeat(5_000)}`,
    "?a[b]=c",
    "?__proto__=1&constructor=2",
  ];
  for (const query of queries) {
    const path = `/v2/a/tags/list${query === "&" ? "" : query}`;
    assertAnswer(await registry.send("GET", path), 200, null, query.slice(0, 40));
  }
});
