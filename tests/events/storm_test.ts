import { assert } from "@std/assert";
import { withTempDir } from "../harness.ts";
import { Storm } from "./storm.ts";

/** Raised by whoever has the time: 10,000 and 20 take about two minutes. */
const PUSHES = Number(Deno.env.get("BERTH_EVENTS_PUSHES") ?? 800);
const KILLS = Number(Deno.env.get("BERTH_EVENTS_KILLS") ?? 3);
const CLIENTS = 8;

for (const servers of [1, 2]) {
  const what = servers === 1 ? "a server that is" : "two servers of one store that are";
  Deno.test(`every push that ${what} killed acknowledged is told of, in order`, async () => {
    await withTempDir("storm", async (directory) => {
      const storm = new Storm({
        directory,
        servers,
        clients: CLIENTS,
        pushes: PUSHES,
        kills: KILLS,
      });
      const report = await storm.run();
      assert(report.acknowledged >= PUSHES);
      if (Deno.env.has("BERTH_EVENTS_PUSHES")) console.error(servers, report);
    });
  });
}
