import { assert, assertEquals, assertRejects } from "@std/assert";
import { freePort, startBerth, withTempDir } from "../harness.ts";
import { RawPatch } from "../load/raw_patch.ts";
import { startNginx } from "../nginx.ts";
import { testWithPrograms } from "../programs.ts";
import { RegistryClient } from "../push.ts";
import { ask, DEBUG_ENV, until, withObserved } from "./server.ts";

Deno.test("berth serve says at SIGTERM that it is not ready, and goes on until the delay is over", async () => {
  const env = { ...DEBUG_ENV, HTTP_DRAINDELAY: "5s" };
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
    assertEquals(await server.ended(), 0);
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
    assertEquals(await server.ended(), 0);
    await assertRejects(() => ask(`${server.url}/readyz`));
  });
});

/** Two servers as the README says. */
function balancer(port: number, hosts: readonly string[]): string {
  return `  upstream registry { ${hosts.map((host) => `server ${host};`).join(" ")} }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://registry;
      proxy_next_upstream error timeout http_503 non_idempotent;
    }
  }`;
}

testWithPrograms(
  ["nginx"],
  "nginx asks another server while one drains, and clients notice nothing",
  async () => {
    await withTempDir("balanced", async (directory) => {
      const root = `${directory}/data`;
      const [leaving, staying] = [await startBerth({ root }), await startBerth({ root })];
      const port = freePort();
      try {
        const location = await new RegistryClient(leaving.url).beginUpload("team/app");
        const patch = await RawPatch.open(new URL(location, leaving.url), 8);
        await patch.send(new Uint8Array(4));
        const servers = balancer(port, [leaving.host, staying.host]);
        const nginx = await startNginx(directory, port, servers);
        try {
          const statuses: number[] = [];
          const askOften = async (times: number): Promise<void> => {
            for (let time = 0; time < times; time++) {
              statuses.push((await ask(`http://127.0.0.1:${port}/v2/`)).status);
            }
          };
          await askOften(20);
          leaving.kill("SIGTERM");
          // A worker with nothing under way closes its socket, and resets who waited there to be taken.
          await until(
            "it turns requests down",
            async () => (await ask(`${leaving.url}/v2/`).catch(() => null))?.status === 503,
          );
          await askOften(20);
          await patch.send(new Uint8Array(4));
          await patch.finish();
          assertEquals(await leaving.ended(), 0);
          await askOften(20);
          assert(statuses.every((status) => status === 200), statuses.join(" "));
        } finally {
          await nginx.stop();
        }
      } finally {
        await leaving.stop("SIGKILL");
        await staying.stop();
      }
    });
  },
);
