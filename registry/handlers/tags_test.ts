import { assertEquals } from "@std/assert";
import { assertAnswer, openRegistry, pushBlob, pushImage, putManifest } from "../app_kit.ts";
import type { TestRegistry } from "../app_kit.ts";

const LIST = "/v2/test/app/tags/list";
const TAGS = ["2j2ar", "asj9e", "dcsjn", "jyi7b", "jyi7b-fxt1v", "kb0j5", "sb71y"];

async function tagged(settings: Parameters<typeof openRegistry>[0] = {}): Promise<TestRegistry> {
  const registry = openRegistry(settings);
  const document = await pushImage(registry, "test/app", TAGS[0] ?? "");
  for (const tag of TAGS) await putManifest(registry, "test/app", tag, document);
  return registry;
}

interface ListRow {
  readonly query: string;
  readonly tags: readonly string[];
  /** The query of the next page; `null` for the last page. */
  readonly next: string | null;
}

const PAGES: readonly ListRow[] = [
  { query: "", tags: TAGS, next: null },
  { query: "?n=", tags: TAGS, next: null },
  { query: "?n=0", tags: [], next: null },
  { query: "?n=1", tags: TAGS.slice(0, 1), next: "last=2j2ar&n=1" },
  { query: "?n=2", tags: TAGS.slice(0, 2), next: "last=asj9e&n=2" },
  { query: "?n=7", tags: TAGS, next: null },
  { query: "?n=8", tags: TAGS, next: null },
  { query: "?n=999999999", tags: TAGS, next: null },
  { query: "?last=jyi7b", tags: TAGS.slice(4), next: null },
  { query: "?last=jyi7b&n=2", tags: TAGS.slice(4, 6), next: "last=kb0j5&n=2" },
  { query: "?n=2&last=kb0j5", tags: TAGS.slice(6), next: null },
  { query: "?n=2&last=does-not-exist", tags: TAGS.slice(3, 5), next: "last=jyi7b-fxt1v&n=2" },
  { query: "?last=sb71y", tags: [], next: null },
  { query: "?n=3&last=zzz", tags: [], next: null },
  { query: "?last=", tags: TAGS, next: null },
  { query: "?last=..%2f..%2f..", tags: TAGS, next: null },
  { query: "?last=%00", tags: TAGS, next: null },
  { query: "?last=%0d%0aX:1", tags: TAGS, next: null },
  { query: "?last=%ff", tags: [], next: null },
  { query: `?last=${"z".repeat(50_000)}`, tags: [], next: null },
];

Deno.test("listTags() answers pages in the order of their names, and exact links", async () => {
  const registry = await tagged();
  for (const { query, tags, next } of PAGES) {
    const answer = await registry.send("GET", `${LIST}${query}`);
    const line = query.slice(0, 60);
    assertAnswer(answer, 200, null, line);
    assertEquals(answer.json(), { name: "test/app", tags }, line);
    assertEquals(
      answer.header("Link"),
      next === null ? null : `<${LIST}?${next}>; rel="next"`,
      line,
    );
    assertEquals(answer.header("Content-Type"), "application/json; charset=utf-8");
  }
});

Deno.test("listTags() leads through all tags by its links", async () => {
  const registry = await tagged();
  for (const n of [1, 2, 3, 4]) {
    const seen: string[] = [];
    for (let path: string | null = `${LIST}?n=${n}`; path !== null;) {
      const answer = await registry.send("GET", path);
      seen.push(...(answer.json() as { tags: string[] }).tags);
      path = /^<([^>]+)>; rel="next"$/.exec(answer.header("Link") ?? "")?.[1] ?? null;
    }
    assertEquals(seen, TAGS);
  }
});

Deno.test("listTags() refuses numbers that are none", async () => {
  const registry = await tagged();
  for (const n of ["-1", "foo", "1.5", "1e3", "0x10", "%20", "%00", "NaN", "9".repeat(5_000)]) {
    const answer = await registry.send("GET", `${LIST}?n=${n}`);
    assertAnswer(answer, 400, "PAGINATION_NUMBER_INVALID", n.slice(0, 20));
  }
});

Deno.test("listTags() clamps the number to the setting, and says so in the link", async () => {
  const registry = await tagged({ tagsEntriesMax: 3 });
  const answer = await registry.send("GET", `${LIST}?n=100`);
  assertEquals(answer.json(), { name: "test/app", tags: TAGS.slice(0, 3) });
  assertEquals(answer.header("Link"), `<${LIST}?last=dcsjn&n=3>; rel="next"`);
  assertEquals((await registry.send("GET", LIST)).json(), { name: "test/app", tags: TAGS });
});

Deno.test("listTags() answers 404 for a repository that is not there", async () => {
  const registry = openRegistry();
  for (const query of ["", "?n=0", "?n=10&last=a"]) {
    const answer = await registry.send("GET", `${LIST}${query}`);
    assertAnswer(answer, 404, "NAME_UNKNOWN", query);
    assertEquals(answer.errors[0]?.detail, { name: "test/app" });
  }
  await pushImage(registry, "test/app/below", "latest");
  assertAnswer(await registry.send("GET", LIST), 404, "NAME_UNKNOWN");
});

Deno.test("listTags() is empty for a repository that has blobs only", async () => {
  const registry = openRegistry();
  await pushBlob(registry, "test/app", "content");
  assertEquals((await registry.send("GET", LIST)).json(), { name: "test/app", tags: [] });
});
