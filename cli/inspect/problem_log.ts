/**
 * Keeps what was found to be wrong.
 *
 * @module
 */

import { PROBLEMS_SHOWN_MAX } from "../../storage/limits.ts";
import { formatCount, printable } from "../format.ts";
import { type Problem, PROBLEMS } from "./problem.ts";
import { isRepairable, type Repairable } from "./repair.ts";

/** The problems of one inspection. */
export class ProblemLog {
  /** What can be repaired. */
  readonly repairable: Repairable[] = [];
  readonly #onProblem: (problem: Problem) => void;
  readonly #shown: Problem[] = [];
  readonly #counts = new Map<Problem["kind"], number>();
  #count = 0;

  /** `onProblem` is told of each at once. */
  constructor(onProblem: (problem: Problem) => void = () => {}) {
    this.#onProblem = onProblem;
  }

  /** How many there are. */
  get count(): number {
    return this.#count;
  }

  readonly add = (problem: Problem): void => {
    const count = (this.#counts.get(problem.kind) ?? 0) + 1;
    this.#counts.set(problem.kind, count);
    this.#count++;
    if (count <= PROBLEMS_SHOWN_MAX) this.#shown.push(problem);
    if (isRepairable(problem)) this.repairable.push(problem);
    this.#onProblem(problem);
  };

  /** All of them in words: path, kind, what exactly, and what to do. */
  *lines(): Generator<string> {
    if (this.#count === 0) return;
    yield "";
    yield `${formatCount(this.#count, "problem")}:`;
    for (const { kind, path, detail } of this.#shown) {
      yield `  ${kind}  ${printable(path)}`;
      yield `      ${printable(detail)}; ${PROBLEMS[kind]}`;
    }
    for (const [kind, count] of this.#counts) {
      const hidden = count - PROBLEMS_SHOWN_MAX;
      if (hidden > 0) yield `  ${kind}  and ${hidden} more; --format json prints all`;
    }
  }
}

/** The JSON object of a problem. */
export function problemObject(problem: Problem): Readonly<Record<string, unknown>> {
  const { kind, path, detail, repair } = problem;
  return {
    type: "problem",
    kind,
    path,
    detail,
    remedy: PROBLEMS[kind],
    repair: repair?.kind ?? null,
  };
}
