/**
 * The section of logins: what each way to be let in costs.
 *
 * @module
 */

import { USERS_FILE } from "../../registry/auth/auth_kit.ts";
import { findProgram, startServe, withTempDir } from "../harness.ts";
import { filesBelow, writeApp } from "../interop/oddities.ts";
import { ACCEPT_MANIFESTS } from "../push.ts";
import { formatNumber, type MeasuredFigure } from "./figure.ts";
import { type LoadClient, loadClient } from "./load.ts";
import { median } from "./measure.ts";
import type { BenchOptions } from "./options.ts";
import type { SectionReport } from "./section.ts";
import type { Table } from "./table.ts";
import { withUsage } from "./usage.ts";

const ROUNDS = 5;
const SECONDS = 2;
const SECONDS_QUICK = 1;
const CONNECTIONS = 16;
const US_PER_SECOND = 1_000_000;

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
        const { result: rate, usage } = await withUsage(
          server.pid,
          () => load({ ...request, headers, connections: CONNECTIONS, seconds }),
        );
        const cpuUs = usage === null ? null : usage.cpuSeconds / (rate * seconds) * US_PER_SECOND;
        return { rate, cpuUs };
      });
    } finally {
      await server.stop();
    }
  });
}

/** Measures pulls of a manifest by its tag, for each way to be let in. */
export async function runLoginSection(
  { quick }: BenchOptions,
  stop: AbortSignal,
): Promise<SectionReport> {
  const seconds = quick ? SECONDS_QUICK : SECONDS;
  const rounds = await measureLogins(loadClient(findProgram("wrk")), seconds, stop);
  const figures = LOGINS.map(({ name }, index): MeasuredFigure => ({
    name: `pulls of a manifest, ${name}`,
    unit: "pulls/s",
    expected: [],
    samples: { berth: rounds[index]?.map(({ rate }) => rate) ?? [] },
    bounded: [],
  }));
  return {
    figures,
    tables: [loginTable(rounds)],
    notes: [
      `Medians of ${ROUNDS} rounds of ${seconds} s in which the servers take turns, one worker and ${CONNECTIONS} ` +
      "connections each. Percentages are those beside the first in the same round: a machine that is busy now may be idle " +
      "in a minute.",
    ],
    failures: [],
    data: { rounds },
  };
}

/** The rounds of each way to be let in. */
async function measureLogins(
  load: LoadClient,
  seconds: number,
  stop: AbortSignal,
): Promise<readonly (readonly Round[])[]> {
  const rounds = LOGINS.map((): Round[] => []);
  const measureAll = async (ready: readonly (() => Promise<Round>)[]): Promise<void> => {
    const next = LOGINS[ready.length];
    if (next !== undefined) {
      await withLogin(next, load, seconds, (measure) => measureAll([...ready, measure]));
      return;
    }
    // All servers are there, and take turns, so that a busy machine treats them alike.
    for (let round = 0; round < ROUNDS; round++) {
      for (const [place, measure] of ready.entries()) {
        stop.throwIfAborted();
        rounds[place]?.push(await measure());
      }
      console.error(`login: round ${round + 1}`);
    }
  };
  await measureAll([]);
  return rounds;
}

function loginTable(rounds: readonly (readonly Round[])[]): Table {
  const told = (own: readonly Round[], value: (round: Round) => number): readonly string[] => {
    const ratios = own.map((round, index) => {
      const first = rounds[0]?.[index];
      return first === undefined ? NaN : value(round) / value(first);
    });
    return [formatNumber(median(own.map(value))), `${(100 * median(ratios)).toFixed(0)} %`];
  };
  return {
    title: "Logins",
    textColumns: 1,
    head: ["", "pulls/s", "of the first", "CPU us each", "of the first"],
    rows: LOGINS.map(({ name }, index) => {
      const own = rounds[index] ?? [];
      const isTold = own.every(({ cpuUs }) => cpuUs !== null);
      const cost = isTold ? told(own, ({ cpuUs }) => cpuUs ?? NaN) : ["", ""];
      return [name, ...told(own, ({ rate }) => rate), ...cost];
    }),
  };
}
