import { assertStringIncludes } from "@std/assert";
import { type RunningServer, startBerth, withTempDir } from "../harness.ts";

/** Longest wait for a collection, in milliseconds. */
const COLLECTION_TIMEOUT_MS = 60_000;

/** Runs a function with servers whose intervals are given. */
function withIntervals(
  intervals: readonly string[],
  body: (...servers: readonly RunningServer[]) => Promise<void>,
): Promise<void> {
  return withTempDir("interval", async (directory) => {
    const servers = await Promise.all(intervals.map((interval) => {
      const env = { REGISTRY_GC_INTERVAL: interval, REGISTRY_STORAGE_DELETE_ENABLED: "true" };
      return startBerth({ root: `${directory}/${interval}`, args: ["--workers", "1"], env });
    }));
    try {
      await body(...servers);
    } finally {
      await Promise.all(servers.map((server) => server.stop()));
    }
  });
}

Deno.test("berth serve collects at intervals, be they longer than any timer", async () => {
  await withIntervals(["30d", "50ms"], async (rare, often) => {
    const deadline = Date.now() + COLLECTION_TIMEOUT_MS;
    const countOf = (server: RunningServer | undefined): number => {
      return server?.log().match(/gc: freed/g)?.length ?? 0;
    };
    while (countOf(often) < 3 && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assertStringIncludes(often?.log() ?? "", "gc: freed");
    if (countOf(rare) > 0) throw new Error(rare?.log());
  });
});
