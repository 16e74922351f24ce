/**
 * Measures what logins cost: `deno run -A tests/bench/login.ts [--seconds 2]`.
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import { USERS_FILE } from "../../registry/auth/auth_kit.ts";
import { findProgram, startServe, withTempDir } from "../harness.ts";
import { filesBelow, writeApp } from "../interop/oddities.ts";
import { ACCEPT_MANIFESTS } from "../push.ts";
import { type LoadClient, loadClient } from "./load.ts";
import { median } from "./measure.ts";

const ROUNDS = 5;
const SECONDS = 2;
const CONNECTIONS = 16;
const US_PER_SECOND = 1_000_000;

/** In which Linux counts the time of processes (`man 5 proc`, `/proc/pid/stat`). */
const TICKS_PER_SECOND = 100;

/** A way to be let in: sections of the configuration, and the header that a server wants to see. */
interface Login {
  readonly name: string;
  readonly sections: (directory: string) => Readonly<Record<string, unknown>>;
  readonly authorization: (url: string) => Promise<string | null> | string | null;
}

const ALICE = `Basic ${btoa("alice:ecila")}`;

function htpasswd(directory: string): Readonly<Record<string, unknown>> {
  return { realm: "berth", path: `${directory}/htpasswd` };
}

const ACCESS = {
  rules: [
    { who: "anonymous", may: "pull", repositories: "public/**" },
    { who: "authenticated", may: "pull", repositories: "app" },
  ],
};

/** Ratios are to the first. */
const LOGINS: readonly Login[] = [
  { name: "anonymous, open registry", sections: () => ({}), authorization: () => null },
  {
    name: "htpasswd",
    sections: (directory) => ({ auth: { htpasswd: htpasswd(directory) } }),
    authorization: () => ALICE,
  },
  {
    name: "htpasswd, with access rules",
    sections: (directory) => ({ auth: { htpasswd: htpasswd(directory) }, access: ACCESS }),
    authorization: () => ALICE,
  },
  {
    name: "token of berth's own",
    sections: (directory) => {
      const issuer = { enabled: true, keys: `${directory}/keys.json` };
      return { auth: { htpasswd: htpasswd(directory), issuer } };
    },
    async authorization(url): Promise<string> {
      const query = "service=berth&scope=repository:app:pull";
      const answer = await fetch(`${url}/token?${query}`, { headers: { Authorization: ALICE } });
      return `Bearer ${(await answer.json()).token}`;
    },
  },
];

/** What one round tells of a server. */
interface Round {
  readonly rate: number;
  /** Time of processors that one pull takes, in microseconds; `null` where the system does not tell. */
  readonly cpuUs: number | null;
}

/** Runs a function with a server that wants a login, and with what measures it. */
async function withLogin(
  { sections, authorization }: Login,
  load: LoadClient,
  seconds: number,
  body: (measure: () => Promise<Round>) => Promise<void>,
): Promise<void> {
  await withTempDir("bench_login", async (directory) => {
    const root = `${directory}/data`;
    await writeApp(filesBelow(root));
    await Deno.writeTextFile(`${directory}/htpasswd`, USERS_FILE);
    const config = `${directory}/config.yml`;
    const storage = { filesystem: { rootdirectory: root } };
    const http = { addr: "127.0.0.1:0", workers: 1 };
    const all = { version: 0.1, storage, http, ...sections(directory) };
    await Deno.writeTextFile(config, JSON.stringify(all));
    const server = await startServe({ root, args: [config] });
    try {
      const login = await authorization(server.url);
      const headers = {
        Accept: ACCEPT_MANIFESTS,
        ...login === null ? {} : { Authorization: login },
      };
      const request = { method: "GET" as const, host: server.host, path: "/v2/app/manifests/v1" };
      await body(async () => {
        const before = cpuSeconds(server.pid);
        const rate = await load({ ...request, headers, connections: CONNECTIONS, seconds });
        const after = cpuSeconds(server.pid);
        const isTold = before !== null && after !== null;
        return { rate, cpuUs: isTold ? (after - before) / (rate * seconds) * US_PER_SECOND : null };
      });
    } finally {
      await server.stop();
    }
  });
}

/** Time that a process has used, which other processes do not change as they change rates; `null` but on Linux. */
function cpuSeconds(pid: number): number | null {
  if (Deno.build.os !== "linux") return null;
  const [, fields = ""] = Deno.readTextFileSync(`/proc/${pid}/stat`).split(") ");
  const [user, system] = fields.split(" ").slice(11, 13).map(Number);
  return ((user ?? 0) + (system ?? 0)) / TICKS_PER_SECOND;
}

/** Measures and prints a table: pulls of a manifest by its tag, for each way to be let in. */
export async function benchLogins(load: LoadClient, seconds: number): Promise<void> {
  const rounds = LOGINS.map((): Round[] => []);
  const measureAll = async (ready: readonly (() => Promise<Round>)[]): Promise<void> => {
    const next = LOGINS[ready.length];
    if (next !== undefined) {
      await withLogin(next, load, seconds, (measure) => measureAll([...ready, measure]));
      return;
    }
    // All servers are there, and take turns, so that a busy machine treats them alike.
    for (let round = 0; round < ROUNDS; round++) {
      for (const [place, measure] of ready.entries()) rounds[place]?.push(await measure());
    }
  };
  await measureAll([]);
  for (const [index, { name }] of LOGINS.entries()) {
    const told = (value: (round: Round) => number): string => {
      const [own = [], first = []] = [rounds[index]?.map(value), rounds[0]?.map(value)];
      // Beside the round of the same time: a machine that is busy now may be idle in a minute.
      const ratio = median(own.map((each, round) => each / (first[round] ?? 0)));
      return `${median(own).toFixed(0).padStart(7)} (${(100 * ratio).toFixed(0).padStart(3)} %)`;
    };
    const rate = told((round) => round.rate);
    const cost = told((round) => round.cpuUs ?? NaN);
    console.log(`${name.padEnd(28)} ${rate} pulls/s, ${cost} us of a processor each`);
  }
  console.log(
    `Medians of ${ROUNDS} rounds of ${seconds} s in which the servers take turns, one worker and ` +
      `${CONNECTIONS} connections each. ${navigator.hardwareConcurrency} processors.`,
  );
}

if (import.meta.main) {
  const { seconds } = parseArgs(Deno.args, { string: ["seconds"] });
  await benchLogins(loadClient(findProgram("wrk")), Number(seconds ?? SECONDS));
}
