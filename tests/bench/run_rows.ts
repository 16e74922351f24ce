/**
 * Runs rows: in each round one server after the other, so that noise meets all of them.
 *
 * @module
 */

import { withinTime } from "../within_time.ts";
import { publishContent } from "./content.ts";
import { formatCount, formatNumber, type MeasuredFigure } from "./figure.ts";
import { writeLists } from "./list_store.ts";
import type { Row, Stage, Subject, Workbench } from "./row.ts";
import { settle } from "./run_command.ts";
import { type Contender, isBerth, TOOLS_NAME } from "./servers.ts";
import { type Subjects, withSubjects } from "./subjects.ts";
import { type Usage, withUsage } from "./usage.ts";
import { warmMemory } from "./warm_memory.ts";

/** Longest that one measurement may take; a server that hangs fails its row, and not the run. */
const MEASUREMENT_MS_MAX = 120_000;

/** All that was found of a row. */
export interface RowResult {
  readonly row: Row;
  readonly figures: readonly MeasuredFigure[];
  /** What the measurements cost each server; empty where the system does not say. */
  readonly usage: Readonly<Record<string, readonly Usage[]>>;
}

/** What came of some rows. */
export interface RowsResult {
  readonly results: readonly RowResult[];
  /** Why rows are missing, a line for each. */
  readonly failures: readonly string[];
}

/** Runs the rows, stage by stage. A row that fails is told of, and the others go on. */
export async function runRows(
  rows: readonly Row[],
  bench: Workbench,
  contenders: readonly Contender[],
  stop: AbortSignal,
): Promise<RowsResult> {
  const results: RowResult[] = [];
  const failures: string[] = [];
  for (const stage of new Set(rows.map((row) => row.stage))) {
    const staged = rows.filter((row) => row.stage === stage);
    const names = new Set(staged.flatMap(({ rivals }) => rivals));
    const some = contenders.filter(({ name }) => isBerth(name) || names.has(name));
    await withStage(stage, bench, some, async (subjects) => {
      for (const row of staged) {
        try {
          results.push(await runRow(row, bench, subjects, stop));
        } catch (error) {
          stop.throwIfAborted();
          const name = row.figures[0]?.name;
          failures.push(`Failed: ${name}: ${error instanceof Error ? error.message : error}`);
          console.error(failures.at(-1));
        }
      }
    });
  }
  return { results, failures };
}

/** Starts every server on its data, runs a function with them, stops them and removes the data. */
async function withStage(
  stage: Stage,
  bench: Workbench,
  contenders: readonly Contender[],
  body: (subjects: Subjects) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir({ dir: bench.directory });
  if (stage === "lists") {
    console.error(`writing a store of ${formatCount(bench.scale.lists.repositories)} repositories`);
    writeLists(directory, bench.scale.lists);
    return await withSubjects(contenders, () => directory, body);
  }
  await withSubjects(contenders, (index) => `${directory}/${index}`, async (subjects) => {
    for (const subject of subjects.values()) {
      await publishContent(bench.content, subject, bench.curl);
    }
    await body(subjects);
  });
  // The next stage needs the room.
  await Deno.remove(directory, { recursive: true });
}

/**
 * The order of a round. Each begins with another one, as what the round has prepared may still be on its way to the disk,
 * and each comes after other ones than in the round before (Williams' Latin squares), as one may leave the machine in a
 * state that the next one gains or suffers by. The first round keeps the order, which that of the columns follows.
 */
export function inTurns<T>(items: readonly T[], round: number): readonly T[] {
  if (round <= 1) return items;
  const count = items.length;
  return items.flatMap((_, place) => {
    const step = place % 2 === 1 ? (place + 1) / 2 : count - place / 2;
    const index = (round - 1 + step) % count;
    return items.slice(index, index + 1);
  });
}

async function runRow(
  row: Row,
  bench: Workbench,
  subjects: Subjects,
  stop: AbortSignal,
): Promise<RowResult> {
  const collected = new Collected(row);
  for (let round = 0; round <= bench.scale.rounds; round++) {
    const label = round === 0 ? "warm-up" : `round ${round}`;
    const measure = await row.prepare(bench);
    for (const [name, subject] of inTurns([...subjects], round)) {
      if (!(isBerth(name) || row.rivals.includes(name)) || collected.bounded.has(name)) continue;
      stop.throwIfAborted();
      await makeReady(row, bench);
      const { result, usage } = await withUsage(
        subject.server.pid,
        () => withinTime(measure(subject), MEASUREMENT_MS_MAX),
      );
      collected.tell(label, name, result.values);
      if (result.isBound) {
        collected.bounded.add(name);
        subjects.set(name, await startAnew(subject));
      }
      if (round > 0 || result.isBound) collected.add(name, result.values, usage);
    }
    if (row.ceiling === undefined) continue;
    stop.throwIfAborted();
    await makeReady(row, bench);
    const value = await row.ceiling(bench);
    collected.tell(label, TOOLS_NAME, [value]);
    if (round > 0) collected.add(TOOLS_NAME, [value], null);
  }
  return collected.result();
}

/** Each measurement begins with all on disk, and with memory that costs nothing to take. */
async function makeReady({ filledBytes }: Row, { directory }: Workbench): Promise<void> {
  await settle();
  if (filledBytes !== undefined) await warmMemory(directory, filledBytes);
}

/** What a server goes on with for a client that has left must not be done at the cost of the others. */
async function startAnew({ contender, server }: Subject): Promise<Subject> {
  await server.stop("SIGKILL");
  return { contender, server: await contender.start(server.root) };
}

/** What a row has given so far. */
class Collected {
  readonly bounded = new Set<string>();
  readonly #row: Row;
  readonly #samples: Record<string, number[]>[];
  readonly #usage: Record<string, Usage[]> = {};

  constructor(row: Row) {
    this.#row = row;
    this.#samples = row.figures.map(() => ({}));
  }

  add(name: string, values: readonly number[], usage: Usage | null): void {
    for (const [index, value] of values.entries()) {
      const samples = this.#samples[index];
      if (samples !== undefined) (samples[name] ??= []).push(value);
    }
    if (usage !== null && this.#row.startsItself !== true) (this.#usage[name] ??= []).push(usage);
  }

  tell(label: string, name: string, values: readonly number[]): void {
    for (const [index, { name: figure, unit }] of this.#row.figures.entries()) {
      const value = values[index];
      if (value === undefined) continue;
      console.error(`${figure}, ${label}, ${name}: ${formatNumber(value)} ${unit}`);
    }
  }

  result(): RowResult {
    const figures = this.#row.figures.map((figure, index) => ({
      ...figure,
      samples: this.#samples[index] ?? {},
      bounded: [...this.bounded],
    }));
    return { row: this.#row, figures, usage: this.#usage };
  }
}
