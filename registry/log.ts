/**
 * What the registry says of itself, line by line.
 *
 * @module
 */

import {
  LINE_WRITERS,
  type LineWriter,
  type LogFields,
  type LogFormat,
  type LogLevel,
} from "./log_format.ts";

const RANKS: Readonly<Record<LogLevel, number>> = { error: 0, warn: 1, info: 2, debug: 3 };

/** How a log is set. The names are those of distribution's configuration. */
export interface LogOptions {
  /** `log.formatter`. */
  readonly format: LogFormat;
  /** `log.fields`, and what else each line carries. */
  readonly fields: LogFields;
  /** `log.level`, at this moment. */
  readonly level: () => LogLevel;
  /** Takes a line with its end. It must not wait. */
  readonly write: (line: string) => void;
  readonly nowMs: () => number;
}

/** Writes lines. */
export class Log {
  readonly #options: LogOptions;
  readonly #lineOf: LineWriter;

  constructor(options: LogOptions) {
    this.#options = options;
    this.#lineOf = LINE_WRITERS[options.format](options.fields);
  }

  /** Whether lines of a level are written: for lines that it costs something to make. */
  writes(level: LogLevel): boolean {
    return RANKS[level] <= RANKS[this.#options.level()];
  }

  error(message: string, fields: LogFields = {}): void {
    this.#line("error", message, fields);
  }

  warn(message: string, fields: LogFields = {}): void {
    this.#line("warn", message, fields);
  }

  info(message: string, fields: LogFields = {}): void {
    this.#line("info", message, fields);
  }

  debug(message: string, fields: LogFields = {}): void {
    this.#line("debug", message, fields);
  }

  #line(level: LogLevel, message: string, fields: LogFields): void {
    if (!this.writes(level)) return;
    const time = new Date(this.#options.nowMs()).toISOString();
    this.#options.write(this.#lineOf({ time, level, message, fields }));
  }
}
