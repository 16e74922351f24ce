import { startBerth, withTempDir } from "../harness.ts";
import { Ledger } from "./ledger.ts";

/** Promises after which each server is killed, for 8 clients: in the first pushes, and at ever other points. */
const KILLS = [1, 2, 5, 13, 40, 77, 111, 150];
const CLIENTS = 8;

for (const workers of ["1", "2"]) {
  Deno.test(`a server with --workers ${workers} keeps its promises, however often it is killed`, async () => {
    await withTempDir("crash", async (root) => {
      const ledger = new Ledger();
      for (const promises of KILLS) {
        const server = await startBerth({ root, args: ["--workers", workers] });
        try {
          await ledger.audit(server);
          await ledger.pushUntilKilled(server, CLIENTS, promises);
        } finally {
          await server.stop("SIGKILL");
        }
      }
      const server = await startBerth({ root });
      try {
        await ledger.audit(server);
      } finally {
        await server.stop();
      }
    });
  });
}
