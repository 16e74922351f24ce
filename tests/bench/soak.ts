/**
 * A steady load for minutes: does the memory of the server grow?
 *
 * @module
 */

import { withTempDir } from "../harness.ts";
import { residentBytes } from "../load/memory.ts";
import { type Content, createContent, publishContent } from "./content.ts";
import { FastClient } from "./fast_client.ts";
import { median, slope } from "./measure.ts";
import { type BenchOptions, BenchUsageError } from "./options.ts";
import type { Subject } from "./row.ts";
import { QUICK_SCALE } from "./rows.ts";
import type { SectionReport } from "./section.ts";
import { type Contender, findContenders, isBerth, REFERENCE_NAME } from "./servers.ts";
import { withSubjects } from "./subjects.ts";
import type { Table } from "./table.ts";
import { mixedOperation } from "./traffic_rows.ts";

const MIB = 1024 * 1024;
const MS_PER_MINUTE = 60_000;

/** Clients of each server. */
const CLIENTS = 16;

/** Operations of each server in a second, over all its clients: about a quarter of what docker-registry can do. */
const OPERATIONS_PER_SECOND = 100;

/** How many samples a run has; at ten minutes one each 5 seconds. */
const SAMPLES = 120;

/**
 * For how long clients do all they can before the run, as a part of its time, so that caches and heap are as full as those
 * of a server which has been up for days.
 */
const HARD_LOAD = 0.15;

/** The part at the start of the run that does not count, while that load is forgotten. */
const WARM_UP = 0.1;

/** Growth over the whole run, of the memory at its start, up to which memory is called flat. */
const FLAT_GROWTH_MAX = 0.1;

/** Memory in the course of a soak: milliseconds since its start, and bytes. */
export type MemorySeries = readonly (readonly [number, number])[];

/** What one server did in a soak. */
interface Soaked {
  readonly name: string;
  readonly series: MemorySeries;
  /** Fewer than were to be, if the server could not keep up. */
  readonly operationsPerSecond: number;
}

/** What a series comes to. */
export interface SoakFigures {
  /** Medians of the first, the middle and the last third, in bytes. */
  readonly start: number;
  readonly middle: number;
  readonly end: number;
  readonly bytesPerHour: number;
  readonly isFlat: boolean;
}

/** Puts the same steady load on berth with all workers and on docker-registry, and looks at what they have resident. */
export async function runSoakSection(
  { soakMinutes, servers }: BenchOptions,
  stop: AbortSignal,
): Promise<SectionReport> {
  if (Deno.build.os !== "linux") throw new BenchUsageError("A soak needs /proc, which Linux has");
  const minutes = soakMinutes ?? 0;
  const found = findContenders(navigator.hardwareConcurrency)
    .filter(({ name }) => servers.test(name));
  // With all workers; one worker more or less holds less memory, but not in another way.
  const contenders = [
    ...found.filter(({ name }) => isBerth(name)).slice(-1),
    ...found.filter(({ name }) => name === REFERENCE_NAME),
  ];
  const soaked = await soakAll(contenders, minutes * MS_PER_MINUTE, stop);
  return {
    figures: [],
    tables: [soakTable(soaked)],
    notes: [
      `${minutes} minutes of ${OPERATIONS_PER_SECOND} operations a second of ${CLIENTS} clients on each server at the ` +
      "same time, of five operations four pulls of a manifest and a blob, and one push, after " +
      `${
        (minutes * HARD_LOAD).toFixed(1)
      } minutes of as many as they can take. Resident memory in MiB, medians of each ` +
      `third after the first ${percent(WARM_UP)} of the time; flat is less than ${
        percent(FLAT_GROWTH_MAX)
      } of growth over the whole time, by the line of least squares.`,
    ],
    failures: [],
    data: { minutes, servers: soaked.map((one) => ({ ...one, ...soakFigures(one.series) })) },
  };
}

function percent(part: number): string {
  return `${part * 100} %`;
}

function soakAll(
  contenders: readonly Contender[],
  durationMs: number,
  stop: AbortSignal,
): Promise<readonly Soaked[]> {
  return withTempDir("bench_soak", async (directory) => {
    const content = await createContent(directory, QUICK_SCALE);
    return await withSubjects(contenders, (index) => `${directory}/${index}`, async (subjects) => {
      for (const subject of subjects.values()) await publishContent(content, subject, null);
      return await Promise.all(
        [...subjects.values()].map((subject) => soak(subject, content, durationMs, stop)),
      );
    });
  });
}

/** Loads a server for a time. */
async function soak(
  { contender: { name }, server }: Subject,
  content: Content,
  durationMs: number,
  stop: AbortSignal,
): Promise<Soaked> {
  return await FastClient.with(server.host, CLIENTS, async (clients) => {
    const work = async (
      forMs: number,
      beforeEach: (index: number, turn: number) => Promise<void>,
    ): Promise<number> => {
      let operations = 0;
      const end = performance.now() + forMs;
      await Promise.all(clients.map(async (client, index) => {
        for (let turn = 0;; turn++) {
          await beforeEach(index, turn);
          if (performance.now() >= end) return;
          stop.throwIfAborted();
          await mixedOperation(client, content, turn + index, `soak${index}`);
          operations++;
        }
      }));
      return operations;
    };
    await work(durationMs * HARD_LOAD, () => Promise.resolve());
    const watch = new MemoryWatch(server.pid, durationMs / SAMPLES);
    const start = performance.now();
    const turnMs = CLIENTS * 1000 / OPERATIONS_PER_SECOND;
    try {
      // A client that falls behind goes on without a pause until it has caught up, so that the rate holds.
      const operations = await work(
        durationMs,
        (index, turn) => pause(start + (turn + index / CLIENTS) * turnMs - performance.now()),
      );
      await watch.look();
      return { name, series: watch.series, operationsPerSecond: operations * 1000 / durationMs };
    } finally {
      watch.end();
    }
  });
}

/** Looks at the memory of a program at intervals. */
class MemoryWatch {
  readonly series: [number, number][] = [];
  readonly #pid: number;
  readonly #startMs = performance.now();
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(pid: number, everyMs: number) {
    this.#pid = pid;
    this.#timer = setInterval(() => {
      this.look().catch(() => {
        // It has ended, which its clients tell.
      });
    }, everyMs);
  }

  async look(): Promise<void> {
    this.series.push([performance.now() - this.#startMs, await residentBytes(this.#pid)]);
  }

  end(): void {
    clearInterval(this.#timer);
  }
}

async function pause(ms: number): Promise<void> {
  if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
}

/** Reads a series. Throws when it has fewer than a sample for each third. */
export function soakFigures(series: MemorySeries): SoakFigures {
  const durationMs = series.at(-1)?.[0] ?? 0;
  const counted = series.filter(([time]) => time >= durationMs * WARM_UP);
  const third = Math.floor(counted.length / 3);
  const medianOf = (from: number, to?: number): number =>
    median(counted.slice(from, to).map(([, bytes]) => bytes));
  const start = medianOf(0, third);
  const bytesPerMs = slope(counted);
  return {
    start,
    middle: medianOf(third, counted.length - third),
    end: medianOf(counted.length - third),
    bytesPerHour: bytesPerMs * 60 * MS_PER_MINUTE,
    isFlat: bytesPerMs * durationMs <= start * FLAT_GROWTH_MAX,
  };
}

function soakTable(soaked: readonly Soaked[]): Table {
  const mib = (bytes: number): string => (bytes / MIB).toFixed(1);
  return {
    title: "Memory under a steady load",
    textColumns: 1,
    head: ["", "operations/s", "start", "middle", "end", "MiB an hour", "is"],
    rows: soaked.map(({ name, series, operationsPerSecond }) => {
      const { start, middle, end, bytesPerHour, isFlat } = soakFigures(series);
      return [
        name,
        operationsPerSecond.toFixed(1),
        ...[start, middle, end, bytesPerHour].map(mib),
        isFlat ? "flat" : "growing",
      ];
    }),
  };
}
