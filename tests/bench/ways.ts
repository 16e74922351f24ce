/**
 * What a way to run the server costs: pulls of a manifest by its tag from servers that are set up differently, in turns.
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

/** Sections of the configuration; those of `http` beside the address. */
interface WaySections {
  readonly http?: Readonly<Record<string, unknown>>;
  readonly [section: string]: unknown;
}

/** A way to run the server: sections of the configuration, and the header that it wants to see. */
export interface Way {
  readonly name: string;
  readonly sections: (directory: string) => WaySections;
  readonly authorization: (url: string) => Promise<string | null> | string | null;
  /** The least part of the first way's rate that is expected of this one; none is unless it is given. */
  readonly partExpected?: number;
}

/** Ways that are compared with the first of them. */
export interface Ways {
  readonly title: string;
  readonly ways: readonly Way[];
}

/** What one round tells of a server. */
interface Round {
  readonly rate: number;
  /** Time of processors that one pull takes, in microseconds; `null` where the system does not tell. */
  readonly cpuUs: number | null;
}

/** Runs a function with a server of its own, and with what measures it. */
async function withServer(
  { sections, authorization }: Way,
  load: LoadClient,
  seconds: number,
  body: (measure: () => Promise<Round>) => Promise<void>,
): Promise<void> {
  await withTempDir("bench_way", async (directory) => {
    const root = `${directory}/data`;
    await writeApp(filesBelow(root));
    await Deno.writeTextFile(`${directory}/htpasswd`, USERS_FILE);
    const config = `${directory}/config.yml`;
    const storage = { filesystem: { rootdirectory: root } };
    const { http = {}, ...others } = sections(directory);
    const listening = { addr: "127.0.0.1:0", workers: 1, ...http };
    const all = { version: 0.1, storage, http: listening, ...others };
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

/** Measures pulls of a manifest by its tag, for each way to run the server. */
export async function runWays(
  { title, ways }: Ways,
  { quick }: BenchOptions,
  stop: AbortSignal,
): Promise<SectionReport> {
  const seconds = quick ? SECONDS_QUICK : SECONDS;
  const rounds = await measureWays(ways, loadClient(findProgram("wrk")), seconds, stop);
  const figures = ways.map(({ name }, index): MeasuredFigure => ({
    name: `pulls of a manifest, ${name}`,
    unit: "pulls/s",
    expected: [],
    samples: { berth: rounds[index]?.map(({ rate }) => rate) ?? [] },
    bounded: [],
  }));
  return {
    figures,
    tables: [tableOf(title, ways, rounds)],
    notes: [
      `Medians of ${ROUNDS} rounds of ${seconds} s in which the servers take turns, one worker and ${CONNECTIONS} ` +
      "connections each. Percentages are those beside the first in the same round: a machine that is busy now may be idle " +
      "in a minute.",
    ],
    failures: [],
    data: { rounds },
  };
}

/** The rounds of each way. */
async function measureWays(
  ways: readonly Way[],
  load: LoadClient,
  seconds: number,
  stop: AbortSignal,
): Promise<readonly (readonly Round[])[]> {
  const rounds = ways.map((): Round[] => []);
  const measureAll = async (ready: readonly (() => Promise<Round>)[]): Promise<void> => {
    const next = ways[ready.length];
    if (next !== undefined) {
      await withServer(next, load, seconds, (measure) => measureAll([...ready, measure]));
      return;
    }
    // All servers are there, and take turns, so that a busy machine treats them alike.
    for (let round = 0; round < ROUNDS; round++) {
      for (const [place, measure] of ready.entries()) {
        stop.throwIfAborted();
        rounds[place]?.push(await measure());
      }
      console.error(`round ${round + 1} of ${ROUNDS}`);
    }
  };
  await measureAll([]);
  return rounds;
}

function tableOf(
  title: string,
  ways: readonly Way[],
  rounds: readonly (readonly Round[])[],
): Table {
  const ratioOf = (own: readonly Round[], value: (round: Round) => number): number =>
    median(own.map((round, index) => {
      const first = rounds[0]?.[index];
      return first === undefined ? NaN : value(round) / value(first);
    }));
  const told = (own: readonly Round[], value: (round: Round) => number): readonly string[] => [
    formatNumber(median(own.map(value))),
    `${(100 * ratioOf(own, value)).toFixed(0)} %`,
  ];
  return {
    title,
    textColumns: 1,
    head: ["", "pulls/s", "of the first", "expected", "CPU us each", "of the first"],
    rows: ways.map(({ name, partExpected }, index) => {
      const own = rounds[index] ?? [];
      const isTold = own.every(({ cpuUs }) => cpuUs !== null);
      const cost = isTold ? told(own, ({ cpuUs }) => cpuUs ?? NaN) : ["", ""];
      const isMissed = partExpected !== undefined &&
        ratioOf(own, ({ rate }) => rate) < partExpected;
      const expected = partExpected === undefined
        ? ""
        : `${(100 * partExpected).toFixed(0)} %${isMissed ? " (missed)" : ""}`;
      return [name, ...told(own, ({ rate }) => rate), expected, ...cost];
    }),
  };
}
