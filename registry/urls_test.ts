import { assertEquals } from "@std/assert";
import type { RepositoryName } from "../storage/names.ts";
import { assertAnswer, digestOf, openRegistry, pushImage, startUpload } from "./app_kit.ts";
import { pathBelow, RELATIVE_URLS, type UrlOptions, urlsOf } from "./urls.ts";

const NAME = "a/b" as RepositoryName;

function catalogUrl(
  options: Partial<UrlOptions>,
  headers: Readonly<Record<string, string>> = {},
): string {
  const request = new Request("http://own.test/v2/", { headers });
  return urlsOf(request, { ...RELATIVE_URLS, ...options }).catalog();
}

Deno.test("urlsOf() writes paths, below the prefix, when addresses are relative", () => {
  assertEquals(catalogUrl({}), "/v2/_catalog");
  assertEquals(catalogUrl({ prefix: "/r/" }), "/r/v2/_catalog");
  assertEquals(catalogUrl({}, { "X-Forwarded-Host": "a.test" }), "/v2/_catalog");
});

Deno.test("urlsOf() writes URLs of the origin that the request tells when they are not", () => {
  const options = { isRelative: false, prefix: "/r/" };
  assertEquals(catalogUrl(options), "http://own.test/r/v2/_catalog");
  assertEquals(
    catalogUrl(options, { Forwarded: "host=a.test;proto=https" }),
    "https://a.test/r/v2/_catalog",
  );
});

Deno.test("urlsOf() lets the configured host win, whose path stands for the prefix", () => {
  const headers = { "X-Forwarded-Host": "no.test" };
  const cases: readonly [host: string, url: string][] = [
    ["https://a.test", "https://a.test/r/v2/_catalog"],
    ["https://a.test:5000/", "https://a.test:5000/r/v2/_catalog"],
    ["https://a.test/x", "https://a.test/x/v2/_catalog"],
    ["https://a.test/x/", "https://a.test/x/v2/_catalog"],
  ];
  for (const [host, url] of cases) assertEquals(catalogUrl({ host, prefix: "/r/" }, headers), url);
});

Deno.test("urlsOf() writes every kind of address", () => {
  const urls = urlsOf(new Request("http://own.test/"), RELATIVE_URLS);
  const digest = digestOf("content");
  assertEquals(urls.blob(NAME, digest), `/v2/a/b/blobs/${digest}`);
  assertEquals(urls.manifest(NAME, digest), `/v2/a/b/manifests/${digest}`);
  assertEquals(urls.referrers(NAME, digest), `/v2/a/b/referrers/${digest}`);
  assertEquals(urls.tags(NAME), "/v2/a/b/tags/list");
});

Deno.test("pathBelow() takes the prefix away, and knows the root without it", () => {
  assertEquals(pathBelow("/", "/v2/"), "/v2/");
  assertEquals(pathBelow("/r/", "/r/v2/"), "/v2/");
  assertEquals(pathBelow("/r/", "/r/"), "/");
  assertEquals(pathBelow("/r/", "/"), "/");
  assertEquals(pathBelow("/r/", "/v2/"), null);
  assertEquals(pathBelow("/r/", "/rv2/"), null);
});

Deno.test("a registry below a prefix answers there, and leads there", async () => {
  const registry = openRegistry({ urls: { ...RELATIVE_URLS, prefix: "/r/" } });
  assertAnswer(await registry.send("GET", "/"), 200);
  assertAnswer(await registry.send("GET", "/r/v2/"), 200);
  assertAnswer(await registry.send("GET", "/v2/"), 404, "UNSUPPORTED");
  const started = await registry.send("POST", "/r/v2/a/blobs/uploads/");
  assertAnswer(started, 202);
  const location = started.header("Location") ?? "";
  assertEquals(location.startsWith("/r/v2/a/blobs/uploads/"), true, location);
  assertAnswer(await registry.send("GET", location), 204);
});

Deno.test("a registry with absolute addresses gives them in every Location and Link", async () => {
  const registry = openRegistry({ urls: { ...RELATIVE_URLS, isRelative: false } });
  const origin = "http://registry.test";
  assertEquals((await startUpload(registry, "a")).startsWith(`${origin}/v2/a/blobs/`), true);
  await pushImage(registry, "a", "one");
  await pushImage(registry, "a", "two");
  assertEquals(
    (await registry.send("GET", "/v2/a/tags/list?n=1")).header("Link"),
    `<${origin}/v2/a/tags/list?last=one&n=1>; rel="next"`,
  );
});
