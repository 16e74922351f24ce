import { assertEquals, assertStringIncludes } from "@std/assert";
import { startBerth, withTempDir } from "../harness.ts";

/** Longest wait for a purge, in milliseconds. */
const PURGE_TIMEOUT_MS = 60_000;

const PURGING = "REGISTRY_STORAGE_MAINTENANCE_UPLOADPURGING";

/** Begins an upload with a server that purges at once, and waits for what the server says or the upload's status. */
async function afterStart(
  env: Readonly<Record<string, string>>,
  until: (status: number, log: string) => boolean,
): Promise<void> {
  await withTempDir("purging", async (root) => {
    const times = { [`${PURGING}_AGE`]: "1ms", [`${PURGING}_INTERVAL`]: "100ms" };
    const server = await startBerth({ root, env: { ...times, ...env } });
    try {
      const started = await fetch(`${server.url}/v2/a/blobs/uploads/`, { method: "POST" });
      await started.body?.cancel();
      assertEquals(started.status, 202);
      const deadline = Date.now() + PURGE_TIMEOUT_MS;
      for (let isDone = false; !isDone;) {
        const answer = await fetch(`${server.url}${started.headers.get("Location")}`);
        await answer.body?.cancel();
        isDone = until(answer.status, server.log());
        if (Date.now() > deadline) throw new Error(`No purge:\n${server.log()}`);
      }
    } finally {
      await server.stop();
    }
  });
}

Deno.test("berth serve purges old uploads at intervals", async () => {
  await afterStart({}, (status, log) => {
    if (status === 204) return false;
    assertEquals(status, 404);
    return log.includes("purged 1 uploads");
  });
});

Deno.test("berth serve only says what it would purge in a dry run", async () => {
  await afterStart({ [`${PURGING}_DRYRUN`]: "true" }, (status, log) => {
    assertEquals(status, 204);
    if (!log.includes("would purge")) return false;
    assertStringIncludes(log, " of a");
    return true;
  });
});
