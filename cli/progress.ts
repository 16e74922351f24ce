/**
 * Tells how far a long command is: a moving line on a terminal, plain lines elsewhere.
 *
 * @module
 */

import {
  PROGRESS_MOVING_LINE_MS,
  PROGRESS_PLAIN_LINE_MS,
  PROGRESS_RATE_AFTER_MS,
} from "../storage/limits.ts";
import { cutMiddle, formatBytes, formatDuration } from "./format.ts";

/** How far a command is. */
export interface Progress {
  /** What it is doing: `verify`, `mark`. */
  readonly doing: string;
  readonly done: number;
  /** How much there is to do; `null` when nobody knows yet. */
  readonly total: number | null;
  /** What is counted: bytes, or things of this name in the plural. */
  readonly unit: "bytes" | (string & Record<never, never>);
  /** Since the beginning of what it is doing. */
  readonly elapsedMs: number;
}

const MS_PER_SECOND = 1_000;

/** Writes progress in one line: `verify: 1.2 GiB of 3.4 GiB (35%), 512.0 MiB/s, 4s left`. */
export function progressText({ doing, done, total, unit, elapsedMs }: Progress): string {
  const amount = (value: number): string =>
    unit === "bytes" ? formatBytes(value) : Math.round(value).toLocaleString("en-US");
  const noun = unit === "bytes" ? "" : ` ${unit}`;
  const share = total === null || total <= 0
    ? `${amount(done)}${noun}`
    : `${amount(done)} of ${amount(total)}${noun} (${percent(done, total)}%)`;
  if (elapsedMs < PROGRESS_RATE_AFTER_MS || done <= 0) return `${doing}: ${share}`;
  const perSecond = done / (elapsedMs / MS_PER_SECOND);
  const rate = `${amount(Math.round(perSecond))}/s`;
  const left = total === null || total < done
    ? ""
    : `, ${formatDuration((total - done) / perSecond * MS_PER_SECOND)} left`;
  return `${doing}: ${share}, ${rate}${left}`;
}

function percent(done: number, total: number): number {
  return Math.min(100, Math.floor(done / total * 100));
}

/** Where progress is written. */
export interface ProgressSink {
  readonly isTerminal: boolean;
  /** Columns of the terminal, asked each time as it may be resized. */
  columns(): number;
  write(text: string): void;
  /** A clock that never goes back, in milliseconds. */
  nowMs(): number;
}

/** Writes progress now and then, and takes the moving line away when other lines come. */
export class ProgressLine {
  readonly #sink: ProgressSink;
  #shown = 0;
  #lastMs: number;
  #doing = "";
  #startedMs: number;

  constructor(sink: ProgressSink = standardError) {
    this.#sink = sink;
    this.#startedMs = sink.nowMs();
    this.#lastMs = this.#startedMs;
  }

  /** Tells how far it is. Costs next to nothing while it is too early for a new line. */
  update(progress: Omit<Progress, "elapsedMs">): void {
    const nowMs = this.#sink.nowMs();
    if (progress.doing !== this.#doing) {
      // The beginning of something else says nothing: its first line comes when there is a count to see.
      if (this.#doing !== "") this.#lastMs = nowMs;
      this.#doing = progress.doing;
      this.#startedMs = nowMs;
    }
    const { isTerminal } = this.#sink;
    if (nowMs - this.#lastMs < (isTerminal ? PROGRESS_MOVING_LINE_MS : PROGRESS_PLAIN_LINE_MS)) {
      return;
    }
    this.#lastMs = nowMs;
    const text = progressText({ ...progress, elapsedMs: nowMs - this.#startedMs });
    if (isTerminal) this.#show(text);
    else this.#sink.write(`${text}\n`);
  }

  /** Writes a line of its own, above the moving line. */
  say(text: string): void {
    this.clear();
    this.#sink.write(`${text}\n`);
  }

  /** Takes the moving line away. */
  clear(): void {
    if (this.#shown > 0) this.#sink.write(`\r${" ".repeat(this.#shown)}\r`);
    this.#shown = 0;
  }

  #show(text: string): void {
    // A line that fills the last column makes some terminals wrap.
    const line = cutMiddle(text, Math.max(1, this.#sink.columns() - 1));
    const length = [...line].length;
    this.#sink.write(`\r${line}${" ".repeat(Math.max(0, this.#shown - length))}`);
    this.#shown = length;
  }
}

/** Columns that are assumed of a terminal that does not say how many it has. */
const COLUMNS_FALLBACK = 80;

/** Columns of the terminal; 80 when it does not say. */
export function terminalColumns(): number {
  try {
    return Deno.consoleSize().columns || COLUMNS_FALLBACK;
  } catch {
    return COLUMNS_FALLBACK;
  }
}

const encoder = new TextEncoder();

const standardError: ProgressSink = {
  isTerminal: Deno.stderr.isTerminal(),
  columns: terminalColumns,
  nowMs: () => performance.now(),
  write(text): void {
    try {
      Deno.stderr.writeSync(encoder.encode(text));
    } catch {
      // Nobody reads it any more; the command itself goes on.
    }
  },
};
