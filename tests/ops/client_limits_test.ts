import { assert, assertEquals } from "@std/assert";
import { startBerth, withTempDir } from "../harness.ts";

Deno.test("berth serve turns clients down that ask too much, over all workers together", async () => {
  await withTempDir("limits", async (root) => {
    const server = await startBerth({
      root,
      args: ["--workers", "2"],
      env: {
        REGISTRY_LIMITS_REQUESTS_PERSECOND: "0.001",
        REGISTRY_LIMITS_REQUESTS_BURST: "5",
        REGISTRY_LIMITS_TRUSTFORWARDED: "true",
        REGISTRY_HTTP_HEADERS: "{X-A: [b]}",
      },
    });
    try {
      const statuses: number[] = [];
      for (let count = 0; count < 10; count++) {
        const client = Deno.createHttpClient({ poolMaxIdlePerHost: 0 });
        const answer = await fetch(`${server.url}/v2/`, { client });
        await answer.body?.cancel();
        client.close();
        statuses.push(answer.status);
        assertEquals(answer.headers.get("X-A"), "b");
        assertEquals(answer.headers.has("Retry-After"), answer.status === 429);
      }
      assertEquals(statuses, [200, 200, 200, 200, 200, 429, 429, 429, 429, 429]);
      const others = await Promise.all(["192.0.2.1", "192.0.2.2"].map(async (address) => {
        const headers = { "X-Forwarded-For": address };
        const answer = await fetch(`${server.url}/v2/`, { headers });
        await answer.body?.cancel();
        return answer.status;
      }));
      assert(others.includes(200), others.join());
    } finally {
      await server.stop();
    }
  });
});
