/**
 * The row of starting.
 *
 * @module
 */

import { FastClient } from "./fast_client.ts";
import { type Measurement, whole, type Workbench } from "./row.ts";

/** Milliseconds from the start of the process to its first answer, on an empty store. */
export function startUp({ directory }: Workbench): Promise<Measurement> {
  return Promise.resolve(async ({ contender }) => {
    const root = await Deno.makeTempDir({ dir: directory });
    const start = performance.now();
    const server = await contender.start(root);
    try {
      await FastClient.with(server.host, 1, async ([client]) => {
        await client?.expect(200, { method: "GET", path: "/v2/" });
      });
      return whole(performance.now() - start);
    } finally {
      await server.stop();
      await Deno.remove(root, { recursive: true });
    }
  });
}
