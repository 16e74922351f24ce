import { assertStringIncludes } from "@std/assert";
import { startBerth, withTempDir } from "../harness.ts";

/** Longest wait for a collection, in milliseconds. */
const COLLECT_TIMEOUT_MS = 30_000;

Deno.test("berth serve collects at intervals, in a thread of its own", () =>
  withTempDir("interval", async (root) => {
    const server = await startBerth({ root, env: { REGISTRY_GC_INTERVAL: "10ms" } });
    const deadline = Date.now() + COLLECT_TIMEOUT_MS;
    while (!server.log().includes("gc: freed") && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await server.stop();
    assertStringIncludes(server.log(), "berth serve: gc: freed 0 B\n");
  }));
