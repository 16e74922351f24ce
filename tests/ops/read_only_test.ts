import { assertEquals } from "@std/assert";
import { type RunningServer, startBerth, withTempDir } from "../harness.ts";

/** Longest wait for the switch to move, in milliseconds. */
const SWITCH_TIMEOUT_MS = 60_000;

/** Asks over new connections, which reach every worker, until some answers in a row have a status. */
async function untilPushed(server: RunningServer, status: number): Promise<void> {
  const deadline = Date.now() + SWITCH_TIMEOUT_MS;
  for (let inARow = 0; inARow < 8;) {
    const client = Deno.createHttpClient({ poolMaxIdlePerHost: 0 });
    const url = `${server.url}/v2/a/blobs/uploads/`;
    const answer = await fetch(url, { method: "POST", client });
    await answer.body?.cancel();
    client.close();
    inARow = answer.status === status ? inARow + 1 : 0;
    if (Date.now() > deadline) throw new Error(`${answer.status} goes on:\n${server.log()}`);
  }
}

async function withServer(
  env: (directory: string) => Readonly<Record<string, string>>,
  body: (server: RunningServer, directory: string) => Promise<void>,
): Promise<void> {
  await withTempDir("read_only", async (directory) => {
    const server = await startBerth({
      root: `${directory}/data`,
      args: ["--workers", "2"],
      env: env(directory),
    });
    try {
      await body(server, directory);
    } finally {
      assertEquals(await server.stop(), 0);
    }
  });
}

Deno.test("berth serve is read-only between two SIGUSR1, in every worker", async () => {
  await withServer(() => ({}), async (server) => {
    await untilPushed(server, 202);
    server.kill("SIGUSR1");
    await untilPushed(server, 405);
    server.kill("SIGUSR1");
    await untilPushed(server, 202);
  });
});

Deno.test("berth serve is read-only while a file is there, and pulls go on", async () => {
  const fileOf = (directory: string): string => `${directory}/maintenance`;
  await withServer(
    (directory) => ({ REGISTRY_STORAGE_MAINTENANCE_READONLY_FILE: fileOf(directory) }),
    async (server, directory) => {
      await untilPushed(server, 202);
      await Deno.writeTextFile(fileOf(directory), "");
      await untilPushed(server, 405);
      const answer = await fetch(`${server.url}/v2/_catalog`);
      await answer.body?.cancel();
      assertEquals(answer.status, 200);
      await Deno.remove(fileOf(directory));
      await untilPushed(server, 202);
    },
  );
});

Deno.test("berth serve that is set to be read-only stays so whatever the signal", async () => {
  await withServer(
    () => ({ REGISTRY_STORAGE_MAINTENANCE_READONLY_ENABLED: "true" }),
    async (server) => {
      for (const _ of [1, 2]) {
        await untilPushed(server, 405);
        server.kill("SIGUSR1");
      }
      await untilPushed(server, 405);
    },
  );
});
