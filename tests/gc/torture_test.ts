import { assert, assertEquals } from "@std/assert";
import {
  berthCommand,
  type RunningServer,
  sendSignal,
  startBerth,
  withTempDir,
} from "../harness.ts";
import { RegistryClient } from "../push.ts";
import { seededRandom } from "./scheduler.ts";
import { TortureClient } from "./torture_client.ts";

const SECONDS = Number(Deno.env.get("BERTH_TORTURE_SECONDS") ?? 8);
const CLIENTS = 8;
const REPOSITORIES: readonly string[] = ["torture/a", "torture/b", "torture/a/nested", "torture-c"];

/** Of the lines that a collection prints, the last before it may be killed. */
const LINES_BEFORE_KILL_MAX = 40;

/** What the collections of a run came to. */
interface Collections {
  whole: number;
  killed: number;
  removals: number;
}

/** Runs a collection, and kills it once it has printed so many lines, if it prints as many. */
async function collect(root: string, killAfter: number, totals: Collections): Promise<void> {
  const { command, args } = berthCommand(
    ["gc", "--root", root, "-m", "--min-age", "0s", "--json", "--wait"],
  );
  const child = new Deno.Command(command, { args, stdout: "piped", stderr: "piped" }).spawn();
  const stderr = new Response(child.stderr).text();
  let text = "";
  for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += part;
    if (text.split("\n").length > killAfter) sendSignal(child, "SIGKILL");
  }
  const { code, signal } = await child.status;
  totals.removals += Math.max(0, text.split("\n").length - 2);
  if (signal === "SIGKILL") totals.killed++;
  else {
    assertEquals(code, 0, `the collection said:\n${text.slice(-2000)}\n${await stderr}`);
    totals.whole++;
  }
  await stderr;
}

/** How a run is made hard. */
interface Torture {
  readonly servers: number;
  readonly kills: boolean;
}

/** Pushes and deletes beside collections, and then looks whether everything that was promised is there. */
async function torture({ servers, kills }: Torture): Promise<void> {
  await withTempDir("torture", async (root) => {
    const running: RunningServer[] = [];
    try {
      for (let number = 0; number < servers; number++) {
        running.push(await startBerth({ root, args: ["--workers", "2"] }));
      }
      const clients = clientsOf(running);
      const totals: Collections = { whole: 0, killed: 0, removals: 0 };
      const endMs = performance.now() + SECONDS * 1_000;
      const random = seededRandom(1);
      const collecting = async (): Promise<void> => {
        while (performance.now() < endMs) {
          const killAfter = kills ? Math.floor(random() * LINES_BEFORE_KILL_MAX) : Infinity;
          await collect(root, killAfter, totals);
        }
      };
      const acting = async (client: TortureClient): Promise<void> => {
        while (performance.now() < endMs) await client.act();
      };
      await Promise.all([collecting(), ...clients.map(acting)]);
      await collect(root, Infinity, totals);
      for (const client of clients) await client.verify();
      assert(totals.removals > 0, "the collections found nothing to remove");
      if (Deno.env.has("BERTH_TORTURE_SECONDS")) report(clients, totals);
    } finally {
      for (const server of running) await server.stop();
    }
  });
}

function clientsOf(servers: readonly RunningServer[]): readonly TortureClient[] {
  return Array.from({ length: CLIENTS }, (_, number) => {
    const server = servers[number % servers.length];
    const repository = REPOSITORIES[Math.floor(number / 2) % REPOSITORIES.length];
    assert(server !== undefined && repository !== undefined);
    const target = {
      registry: new RegistryClient(server.url),
      repository,
      others: REPOSITORIES.filter((other) => other !== repository),
    };
    return new TortureClient(`client${number}`, target, seededRandom(number + 100));
  });
}

function report(clients: readonly TortureClient[], totals: Collections): void {
  const counts: Record<string, number> = {};
  for (const client of clients) {
    for (const [name, count] of Object.entries(client.counts)) {
      counts[name] = (counts[name] ?? 0) + count;
    }
  }
  const repeats = clients.reduce((sum, client) => sum + client.repeats, 0);
  const putMsMax = Math.round(Math.max(...clients.map((client) => client.putMsMax)));
  console.log({ ...totals, repeats, putMsMax, ...counts });
}

Deno.test("what a server acknowledged beside collections is whole", async () => {
  await torture({ servers: 1, kills: false });
});

Deno.test("what two servers of one store acknowledged beside collections is whole", async () => {
  await torture({ servers: 2, kills: false });
});

Deno.test("what a server acknowledged beside collections that are killed is whole", async () => {
  await torture({ servers: 1, kills: true });
});
