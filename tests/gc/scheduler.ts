/**
 * Runs several actors over one store, one operation at a time, in an order that is chosen from outside.
 *
 * An actor asks for its turn before each operation on the store. When all actors that are not done wait for theirs,
 * one of those whose operation is possible (a lock may be held) gets it. The same choices give the same run.
 *
 * @module
 */

/** What an actor is about to do. */
export interface Step {
  readonly operation: string;
  readonly path: string;
  /** Whether it can be done at this moment. */
  readonly isPossible: () => boolean;
  /** Whether it makes no difference when it is done, so that nobody needs to come before it. */
  readonly isPrivate: boolean;
}

/** Chooses who goes on, among the indexes of the actors that can; `current` went last, and `null` at the start. */
export type Choose = (possible: readonly number[], current: number | null) => number;

interface Turn {
  readonly step: Step;
  readonly begin: () => void;
}

interface Actor {
  readonly name: string;
  readonly turns: Turn[];
  isDone: boolean;
}

/** More steps than any scenario has: a run that takes so many goes round in circles. */
const STEPS_MAX = 20_000;

/** One run. */
export class Scheduler {
  readonly #actors: Actor[] = [];
  #wake: () => void = () => {};
  /** Actor and operation, in the order in which they were done. */
  readonly history: string[] = [];
  #isOver = false;

  /** Adds an actor; returns what it has to await before each step. */
  add(name: string): (step: Step) => Promise<void> {
    const actor: Actor = { name, turns: [], isDone: false };
    this.#actors.push(actor);
    return (step) =>
      this.#isOver ? Promise.resolve() : new Promise((resolve) => {
        actor.turns.push({ step, begin: resolve });
        this.#wake();
      });
  }

  /** Runs all actors to their ends; who does something afterwards need not wait. Throws when they wait for each other for ever, and what an actor throws. */
  async run(bodies: readonly (() => Promise<void>)[], choose: Choose): Promise<void> {
    const failures: unknown[] = [];
    for (const [index, body] of bodies.entries()) {
      this.#start(index, body, failures);
    }
    let current: number | null = null;
    while (this.#actors.some(({ isDone }) => !isDone)) {
      await this.#settled();
      if (failures.length > 0) throw failures[0];
      const possible = this.#possible();
      if (possible.length === 0) {
        if (this.#actors.every(({ isDone }) => isDone)) break;
        throw new Error(`Deadlock: ${this.#waiting()}`);
      }
      current = this.#goesOnAlone(current, possible) ? current : choose(possible, current);
      this.#begin(current ?? 0);
    }
    this.#isOver = true;
  }

  #start(index: number, body: () => Promise<void>, failures: unknown[]): void {
    const actor = this.#actors[index];
    if (actor === undefined) throw new Error(`There is no actor ${index}`);
    body().catch((error) => failures.push(error)).finally(() => {
      actor.isDone = true;
      this.#wake();
    });
  }

  /** Resolves when every actor waits for its turn or is done. */
  async #settled(): Promise<void> {
    while (this.#actors.some(({ isDone, turns }) => !isDone && turns.length === 0)) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #possible(): readonly number[] {
    return this.#actors.flatMap(({ turns }, index) =>
      turns[0]?.step.isPossible() === true ? [index] : []
    );
  }

  #goesOnAlone(current: number | null, possible: readonly number[]): boolean {
    if (current === null || !possible.includes(current)) return false;
    return this.#actors[current]?.turns[0]?.step.isPrivate === true;
  }

  #begin(index: number): void {
    const actor = this.#actors[index];
    const turn = actor?.turns.shift();
    if (actor === undefined || turn === undefined) throw new Error(`Actor ${index} cannot go on`);
    this.history.push(`${actor.name}: ${turn.step.operation} ${turn.step.path}`);
    if (this.history.length > STEPS_MAX) throw new Error("The run does not end");
    turn.begin();
  }

  #waiting(): string {
    return this.#actors.filter(({ isDone }) => !isDone)
      .map(({ name, turns }) => `${name} waits for ${turns[0]?.step.path}`).join(", ");
  }
}

/** A point of a run at which somebody else could have gone on. */
interface Choice {
  readonly possible: readonly number[];
  readonly current: number | null;
  readonly chosen: number;
}

/** Whether a choice takes the turn from an actor that could have gone on. */
function isPreemption(
  current: number | null,
  possible: readonly number[],
  chosen: number,
): boolean {
  return current !== null && chosen !== current && possible.includes(current);
}

/**
 * Runs every order of steps in which an actor is interrupted, while it could go on, at most so many times in all:
 * most races need one or two. Returns the number of runs.
 */
export async function exploreAll(
  run: (choose: Choose) => Promise<void>,
  preemptionsMax: number,
): Promise<number> {
  const open: (readonly number[])[] = [[]];
  let runs = 0;
  for (let prefix = open.pop(); prefix !== undefined; prefix = open.pop()) {
    const choices: Choice[] = [];
    await run((possible, current) => {
      const chosen = prefix?.[choices.length] ??
        (current !== null && possible.includes(current) ? current : possible[0] ?? 0);
      choices.push({ possible, current, chosen });
      return chosen;
    });
    runs++;
    open.push(...alternatives(choices, prefix.length, preemptionsMax));
  }
  return runs;
}

/** The prefixes that branch off a run behind the first `from` choices. */
function alternatives(
  choices: readonly Choice[],
  from: number,
  preemptionsMax: number,
): readonly (readonly number[])[] {
  const found: number[][] = [];
  const taken: number[] = [];
  let preemptions = 0;
  for (const [index, { possible, current, chosen }] of choices.entries()) {
    for (const other of index < from ? [] : possible) {
      const cost = isPreemption(current, possible, other) ? 1 : 0;
      if (other !== chosen && preemptions + cost <= preemptionsMax) found.push([...taken, other]);
    }
    if (isPreemption(current, possible, chosen)) preemptions++;
    taken.push(chosen);
  }
  return found;
}

/** Numbers from 0 up to 1 that look random, and are the same for the same seed. */
export function seededRandom(seed: number): () => number {
  // Mulberry32 (Tommy Ettinger, public domain).
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Chooses by a seed, with runs of steps of the same actor that are as long as `stay` (0 to 1) makes them. */
export function chooseBySeed(seed: number, stay: number): Choose {
  const random = seededRandom(seed);
  return (possible, current) => {
    if (current !== null && possible.includes(current) && random() < stay) return current;
    return possible[Math.floor(random() * possible.length)] ?? 0;
  };
}
