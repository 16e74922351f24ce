import { assertEquals } from "@std/assert";
import { type Answer, respond, respondText, toResponse } from "../registry/respond.ts";
import { drainable } from "./draining.ts";

const URL_OF_BASE = "http://registry.test/v2/";

Deno.test("drainable() goes on with what it has begun, and begins nothing else", async () => {
  const answer = Promise.withResolvers<Answer>();
  const { app, drain } = drainable(() => answer.promise);
  const begun = app(new Request(URL_OF_BASE));
  let isDrained = false;
  const drained = drain().then(() => isDrained = true);
  const refused = toResponse(await app(new Request(URL_OF_BASE)));
  assertEquals(refused.status, 503);
  assertEquals(refused.headers.get("Connection"), "close");
  assertEquals(refused.headers.get("Retry-After"), "5");
  assertEquals(isDrained, false);
  answer.resolve(respondText("late", {}));
  assertEquals(await toResponse(await begun).text(), "late");
  await drained;
});

Deno.test("drainable() is drained at once when nothing is under way", async () => {
  const { app, drain } = drainable(() => Promise.resolve(respond(200)));
  assertEquals((await app(new Request(URL_OF_BASE))).status, 200);
  await drain();
  await drain();
});

Deno.test("drainable() goes on answering probes", async () => {
  const { app, drain } = drainable(() => Promise.resolve(respond(200)));
  await drain();
  const statusOf = async (path: string): Promise<number> =>
    (await app(new Request(`http://registry.test${path}`))).status;
  assertEquals(await statusOf("/livez"), 200);
  assertEquals(await statusOf("/readyz?verbose"), 200);
  assertEquals(await statusOf("/v2/livez"), 503);
  assertEquals(await statusOf("/v2/?x=/livez"), 503);
});
