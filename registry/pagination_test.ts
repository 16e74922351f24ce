import { assertEquals, assertThrows } from "@std/assert";
import { RegistryError } from "./errors.ts";
import { nextLink, type Page, type PageLimits, parsePage } from "./pagination.ts";

const TAGS: PageLimits = { entriesMax: 1000, over: "clamp" };
const CATALOG: PageLimits = { entriesMax: 1000, over: "refuse" };

function page(query: string, limits: PageLimits): Page {
  return parsePage(new URLSearchParams(query), limits);
}

function assertInvalid(query: string, limits: PageLimits, n: unknown): void {
  const error = assertThrows(() => page(query, limits), RegistryError);
  assertEquals(error.status, 400);
  assertEquals(error.entries[0]?.code, "PAGINATION_NUMBER_INVALID");
  assertEquals(error.entries[0]?.detail, { n });
}

Deno.test("parsePage() reads n and last", () => {
  for (const limits of [TAGS, CATALOG]) {
    assertEquals(page("", limits), { limit: null, last: null });
    assertEquals(page("n=&last=", limits), { limit: null, last: null });
    assertEquals(page("n=0", limits), { limit: 0, last: null });
    assertEquals(page("n=1000", limits), { limit: 1000, last: null });
    assertEquals(page("last=a%2Fb&n=007", limits), { limit: 7, last: "a/b" });
    assertEquals(page("n=1&n=2&last=a&last=b", limits), { limit: 1, last: "a" });
  }
});

Deno.test("parsePage() refuses numbers that are none", () => {
  const numbers = ["-1", "foo", "1.5", "1e3", "0x10", " 1", "1 ", "+1", "٣", "NaN", "Infinity"];
  for (const n of [...numbers, `${2 ** 53}`, "9".repeat(400)]) {
    for (const limits of [TAGS, CATALOG, { ...TAGS, entriesMax: Infinity }]) {
      assertInvalid(`n=${encodeURIComponent(n)}`, limits, n);
    }
  }
});

Deno.test("parsePage() gives fewer entries where more than the limit is clamped", () => {
  assertEquals(page("n=1001", TAGS).limit, 1000);
  assertEquals(page("n=1001", { ...TAGS, entriesMax: Infinity }).limit, 1001);
});

Deno.test("parsePage() refuses more than the limit where that is an error", () => {
  assertInvalid("n=1001", CATALOG, 1001);
});

Deno.test("nextLink() writes the links of distribution", () => {
  assertEquals(
    nextLink("/v2/test/tags/list", { n: "2", last: "asj9e" }),
    '</v2/test/tags/list?last=asj9e&n=2>; rel="next"',
  );
  assertEquals(
    nextLink("/v2/_catalog", { n: "5", last: "foo/bar" }),
    '</v2/_catalog?last=foo%2Fbar&n=5>; rel="next"',
  );
});

Deno.test("nextLink() escapes what could end the link", () => {
  assertEquals(
    nextLink("/v2/_catalog", { last: '>; rel="prev"\r\n&n=1' }),
    '</v2/_catalog?last=%3E%3B+rel%3D%22prev%22%0D%0A%26n%3D1>; rel="next"',
  );
});

Deno.test("nextLink() makes a query that parsePage() reads", () => {
  const link = nextLink("/v2/_catalog", { n: "5", last: "a+b/c d%ä" });
  const query = link.slice(link.indexOf("?") + 1, link.indexOf(">"));
  assertEquals(page(query, CATALOG), { limit: 5, last: "a+b/c d%ä" });
});
