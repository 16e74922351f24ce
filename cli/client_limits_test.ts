import { assertEquals } from "@std/assert";
import { type Answer, respond, toResponse } from "../registry/respond.ts";
import { type ClientLimitOptions, ClientLimits } from "./client_limits.ts";

const NONE: ClientLimitOptions = { requestsPerSecond: 0, requestsBurst: 1, uploadsMax: null };
const START_MS = 1_700_000_000_000;

const app = (): Promise<Answer> => Promise.resolve(respond(200));

async function statusOf(limits: ClientLimits, client = "192.0.2.1"): Promise<number> {
  return (await limits.run(client, new Request("http://registry.test/v2/"), app)).status;
}

Deno.test("ClientLimits lets a burst through, and then so many a second", async () => {
  let nowMs = START_MS;
  const limits = new ClientLimits(
    { ...NONE, requestsPerSecond: 2, requestsBurst: 3 },
    undefined,
    () => nowMs,
  );
  for (const status of [200, 200, 200, 429, 429]) assertEquals(await statusOf(limits), status);
  nowMs += 500;
  for (const status of [200, 429]) assertEquals(await statusOf(limits), status);
  nowMs += 60_000;
  for (const status of [200, 200, 200, 429]) assertEquals(await statusOf(limits), status);
  nowMs -= 86_400_000;
  assertEquals(await statusOf(limits), 200, "a clock that was put back locks nobody out");
});

Deno.test("ClientLimits says when to come again", async () => {
  const limits = new ClientLimits(
    { ...NONE, requestsPerSecond: 0.1, requestsBurst: 1 },
    undefined,
    () => START_MS,
  );
  assertEquals(await statusOf(limits), 200);
  const request = new Request("http://registry.test/v2/");
  const answer = toResponse(await limits.run("192.0.2.1", request, app));
  assertEquals([answer.status, answer.headers.get("Retry-After")], [429, "10"]);
  assertEquals((await answer.json()).errors[0].code, "TOOMANYREQUESTS");
});

Deno.test("ClientLimits counts clients apart, and threads together", async () => {
  const options = { ...NONE, requestsPerSecond: 1 };
  const one = new ClientLimits(options, undefined, () => START_MS);
  const other = new ClientLimits(options, one.buffer, () => START_MS);
  assertEquals(await statusOf(one, "192.0.2.1"), 200);
  assertEquals(await statusOf(other, "192.0.2.1"), 429);
  const statuses = await Promise.all(
    [2, 3, 4].map((last) => statusOf(other, `192.0.2.${last}`)),
  );
  assertEquals(statuses.includes(200), true);
});

Deno.test("ClientLimits counts uploads under way, and nothing else", async () => {
  const limits = new ClientLimits({ ...NONE, uploadsMax: 1 });
  const end = Promise.withResolvers<Answer>();
  const url = "http://registry.test/v2/a/blobs/uploads/x";
  const upload = (): Request => new Request(url, { method: "PATCH" });
  const first = limits.run("a", upload(), () => end.promise);
  assertEquals((await limits.run("a", upload(), app)).status, 429);
  assertEquals(await statusOf(limits, "a"), 200);
  end.resolve(respond(202));
  assertEquals((await first).status, 202);
  assertEquals((await limits.run("a", upload(), app)).status, 200);
});

Deno.test("ClientLimits knows uploads by any spelling of their paths", async () => {
  for (
    const path of ["blobs/uploads/x", "blobs/%75ploads/x", "blobs%2fuploads/", "%zz/../uploads"]
  ) {
    const limits = new ClientLimits({ ...NONE, uploadsMax: 1 });
    const end = Promise.withResolvers<Answer>();
    const upload = (): Request => {
      return new Request(`http://registry.test/v2/a/${path}`, { method: "POST" });
    };
    const first = limits.run("a", upload(), () => end.promise);
    const isUpload = !path.includes("%zz");
    assertEquals((await limits.run("a", upload(), app)).status, isUpload ? 429 : 200, path);
    end.resolve(respond(202));
    await first;
  }
});
