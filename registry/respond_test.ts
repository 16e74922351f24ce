import { assertEquals } from "@std/assert";
import { RegistryError } from "./errors.ts";
import { respond, respondError, respondJson, respondText } from "./respond.ts";

function headersOf(response: Response): Record<string, string> {
  return Object.fromEntries(response.headers);
}

const ALWAYS = {
  "docker-distribution-api-version": "registry/2.0",
  "x-content-type-options": "nosniff",
};

Deno.test("respond() tells an empty body's length, except where there can be none", () => {
  assertEquals(headersOf(respond(202)), { ...ALWAYS, "content-length": "0" });
  assertEquals(headersOf(respond(204)), ALWAYS);
  assertEquals(headersOf(respond(304)), ALWAYS);
  assertEquals(respond(200, { "Content-Length": "7" }).headers.get("Content-Length"), "7");
});

Deno.test("respond() leaves out headers that are undefined", () => {
  const response = respond(200, { Link: undefined, ETag: "x" });
  assertEquals([response.headers.has("Link"), response.headers.get("ETag")], [false, "x"]);
});

Deno.test("respondText() tells the length in bytes", async () => {
  const response = respondText("größe", { "Content-Type": "text/plain" });
  assertEquals(response.headers.get("Content-Length"), "7");
  assertEquals(await response.text(), "größe");
});

Deno.test("respondJson() writes one line", async () => {
  const response = respondJson({ a: [1] }, { Link: "x" });
  assertEquals(response.headers.get("Content-Type"), "application/json; charset=utf-8");
  assertEquals([response.status, response.headers.get("Link")], [200, "x"]);
  assertEquals(await response.text(), '{"a":[1]}\n');
});

Deno.test("respondError() carries the headers of the error", async () => {
  const response = respondError(new RegistryError("UNSUPPORTED", { headers: { Allow: "GET" } }));
  assertEquals([response.status, response.headers.get("Allow")], [405, "GET"]);
  const { errors } = await response.json() as { errors: { code: string }[] };
  assertEquals(errors.map(({ code }) => code), ["UNSUPPORTED"]);
});
