/**
 * What a section of the bench is.
 *
 * @module
 */

import { figureJson, type MeasuredFigure } from "./figure.ts";
import type { BenchOptions } from "./options.ts";
import type { Table } from "./table.ts";

/** What a section found. */
export interface SectionReport {
  /** The first is of the figures that were expected. */
  readonly tables: readonly Table[];
  readonly figures: readonly MeasuredFigure[];
  /** What a reader has to know to judge the tables, a paragraph for each. */
  readonly notes: readonly string[];
  /** What could not be measured that should have been, a line for each. */
  readonly failures: readonly string[];
  /** For programs, beside the figures. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** A part of the bench that can run alone. */
export interface Section {
  readonly name: string;
  /** One line for `--help`. */
  readonly summary: string;
  /** Measures. Throws when it is interrupted. */
  readonly run: (options: BenchOptions, stop: AbortSignal) => Promise<SectionReport>;
}

/** A report for programs. */
export function sectionJson({ figures, failures, data }: SectionReport): unknown {
  return { rows: figures.map(figureJson), failures, ...data };
}
