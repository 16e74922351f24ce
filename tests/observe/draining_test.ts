import { assertEquals, assertRejects } from "@std/assert";
import { RawPatch } from "../load/raw_patch.ts";
import { RegistryClient } from "../push.ts";
import { ask, DEBUG_ENV, until, withObserved } from "./server.ts";

Deno.test("berth serve says at SIGTERM that it is not ready, and goes on until the delay is over", async () => {
  const env = { ...DEBUG_ENV, HTTP_DRAINDELAY: "3s" };
  await withObserved({ workers: 2, env }, async (server) => {
    const urls = [server.url, server.debugUrl];
    const statusOf = async (url: string): Promise<number> => (await ask(url)).status;
    for (const url of urls) assertEquals(await statusOf(`${url}/readyz`), 200, url);
    server.kill("SIGTERM");
    const seen = new Set<string>();
    await until("the listener is closed", async () => {
      try {
        const ready = await statusOf(`${server.url}/readyz`);
        if (ready === 503) seen.add(`ready ${ready}, API ${await statusOf(`${server.url}/v2/`)}`);
        if (ready === 503) seen.add(`debug ${await statusOf(`${server.debugUrl}/readyz`)}`);
        if (ready === 503) seen.add(`alive ${await statusOf(`${server.url}/livez`)}`);
        return false;
      } catch {
        return true;
      }
    });
    for (const expected of ["ready 503, API 200", "debug 503", "alive 200"]) {
      assertEquals(seen.has(expected), true, `${expected}: ${[...seen]}`);
    }
  });
});

Deno.test("berth serve says that it is not ready as long as it waits for an upload", async () => {
  await withObserved({ env: DEBUG_ENV }, async (server) => {
    const client = new RegistryClient(server.url);
    const location = await client.beginUpload("team/app");
    const patch = await RawPatch.open(new URL(location, server.url), 8);
    await patch.send(new Uint8Array(4));
    await until("the bytes are there", async () => {
      const { headers } = await ask(new URL(location, server.url).href);
      return headers.has("Range");
    });
    server.kill("SIGTERM");
    for (const url of [server.url, server.debugUrl]) {
      await until("not ready", async () => (await ask(`${url}/readyz`)).status === 503);
      assertEquals((await ask(`${url}/livez`)).status, 200);
    }
    await until("no more requests", async () => (await ask(`${server.url}/v2/`)).status === 503);
    await patch.send(new Uint8Array(4));
    await patch.finish();
    assertEquals(await server.stop(), 0);
    await assertRejects(() => ask(`${server.url}/readyz`));
  });
});
