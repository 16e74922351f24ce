import { assertEquals } from "@std/assert";
import { FilesystemDriver } from "../../storage/filesystem.ts";
import type { StorageDriver } from "../../storage/driver.ts";
import { assertAnswer, openRegistry, pushBlob, pushImage } from "../app_kit.ts";
import type { TestRegistry } from "../app_kit.ts";

const CATALOG = "/v2/_catalog";
const NAMES = ["a", "a-b", "a.b", "a/b", "a/b/c", "foo/aaaa", "foo/bar", "foobar"];

async function filled(
  settings: Parameters<typeof openRegistry>[0] = {},
  driver?: StorageDriver,
): Promise<TestRegistry> {
  const registry = openRegistry(settings, driver);
  for (const name of NAMES) await pushImage(registry, name, "latest");
  await pushBlob(registry, "only/blobs", "content");
  return registry;
}

const PAGES: readonly [query: string, names: readonly string[], next: string | null][] = [
  ["", NAMES, null],
  ["?n=0", [], null],
  ["?n=1", NAMES.slice(0, 1), "last=a&n=1"],
  ["?n=3", NAMES.slice(0, 3), "last=a.b&n=3"],
  ["?n=5", NAMES.slice(0, 5), "last=a%2Fb%2Fc&n=5"],
  ["?n=8", NAMES, null],
  ["?n=1000", NAMES, null],
  ["?last=a%2Fb&n=2", NAMES.slice(4, 6), "last=foo%2Faaaa&n=2"],
  ["?last=a/b/c&n=3", NAMES.slice(5), null],
  ["?last=foo/abc", NAMES.slice(6), null],
  ["?last=does-not-exist", NAMES.slice(5), null],
  ["?last=zzz", [], null],
  ["?last=", NAMES, null],
];

/** Such as no repository has. What comes after them is no matter, as long as it is an answer. */
const ODD_POSITIONS: readonly string[] = [
  "..%2f..%2f..%2fetc",
  "/",
  "//",
  "a/",
  "/a",
  "a/../b",
  "a/..",
  "%00",
  "a%00b",
  "%0d%0a",
  "%ff",
  "A",
  "_uploads",
  "a/_layers/sha256",
  "b".repeat(300),
  `${"b".repeat(300)}-`,
  `${"b".repeat(300)}/c`,
  `a/${"b".repeat(300)}.c`,
  "b/".repeat(3_000),
  "a/".repeat(3_000),
  "a-".repeat(5_000),
];

Deno.test("listRepositories() answers pages in the order of the full names, and exact links", async () => {
  const registry = await filled();
  for (const [query, repositories, next] of PAGES) {
    const answer = await registry.send("GET", `${CATALOG}${query}`);
    assertAnswer(answer, 200, null, query);
    assertEquals(answer.json(), { repositories }, query);
    assertEquals(answer.header("Link"), next === null ? null : `<${CATALOG}?${next}>; rel="next"`);
  }
});

Deno.test("listRepositories() is empty when there are none", async () => {
  const answer = await openRegistry().send("GET", CATALOG);
  assertEquals([answer.status, answer.json()], [200, { repositories: [] }]);
});

Deno.test("listRepositories() takes any position, on disk too", async () => {
  const root = await Deno.makeTempDir({ prefix: "berth_catalog_" });
  try {
    for (const driver of [undefined, new FilesystemDriver(root)]) {
      const registry = await filled({}, driver);
      for (const last of ODD_POSITIONS) {
        const answer = await registry.send("GET", `${CATALOG}?n=2&last=${last}`);
        assertAnswer(answer, 200, null, last.slice(0, 60));
      }
      registry.store.gate.close();
    }
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("listRepositories() refuses numbers that are none, or over the setting", async () => {
  const registry = await filled({ catalogEntriesMax: 5 });
  for (const n of ["-1", "foo", "1.5", "6", "1000", "9".repeat(5_000)]) {
    const answer = await registry.send("GET", `${CATALOG}?n=${n}`);
    assertAnswer(answer, 400, "PAGINATION_NUMBER_INVALID", n.slice(0, 20));
  }
  const unnamed = await registry.send("GET", CATALOG);
  assertEquals(unnamed.json(), { repositories: NAMES.slice(0, 5) });
  assertEquals(unnamed.header("Link"), `<${CATALOG}?last=a%2Fb%2Fc&n=5>; rel="next"`);
});

Deno.test("listRepositories() leaves out a repository whose last manifest is deleted", async () => {
  const registry = await filled();
  const head = await registry.send("HEAD", "/v2/foobar/manifests/latest");
  const digest = head.header("Docker-Content-Digest");
  assertAnswer(await registry.send("DELETE", `/v2/foobar/manifests/${digest}`), 202);
  const answer = await registry.send("GET", CATALOG);
  assertEquals(answer.json(), { repositories: NAMES.slice(0, -1) });
});
