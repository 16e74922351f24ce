import { assertEquals } from "@std/assert";
import { isHeader, withHeaders } from "./answer_headers.ts";
import { respond, toResponse } from "./respond.ts";

async function headersOf(
  configured: Readonly<Record<string, readonly string[]>>,
  status = 200,
): Promise<Headers> {
  const app = withHeaders(() => Promise.resolve(respond(status, { ETag: '"own"' })), configured);
  return toResponse(await app(new Request("http://registry.test/v2/"))).headers;
}

Deno.test("withHeaders() adds every value, whatever the status", async () => {
  for (const status of [200, 204, 304, 404, 503]) {
    const headers = await headersOf({ "X-A": ["b", "c"], Vary: ["Origin"] }, status);
    assertEquals([headers.get("X-A"), headers.get("Vary")], ["b, c", "Origin"]);
  }
});

Deno.test("withHeaders() leaves alone what an answer says by itself", async () => {
  const headers = await headersOf({ etag: ['"theirs"'], "Content-Length": ["7"] });
  assertEquals([headers.get("ETag"), headers.get("Content-Length")], ['"own"', "0"]);
});

Deno.test("withHeaders() does not double what every answer has", async () => {
  assertEquals(
    (await headersOf({ "X-Content-Type-Options": ["nosniff"] })).get("X-Content-Type-Options"),
    "nosniff",
  );
  assertEquals((await headersOf({ "X-Content-Type-Options": [] })).get("X-A"), null);
});

Deno.test("isHeader() knows what can be sent", () => {
  assertEquals(isHeader("Access-Control-Allow-Origin", ["*"]), true);
  assertEquals(isHeader("X A", ["b"]), false);
  assertEquals(isHeader("", ["b"]), false);
  assertEquals(isHeader("X-A", ["b\r\nX-B: c"]), false);
});
