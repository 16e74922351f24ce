/**
 * How lines of logs are written: the three forms of distribution's `log.formatter`.
 *
 * @module
 */

export type LogLevel = "error" | "warn" | "info" | "debug";

export type LogFormat = "text" | "json" | "logstash";

/** What a line says beside its message. Fields that are `undefined` are left out. */
export type LogFields = Readonly<Record<string, unknown>>;

/** One line before it is written. */
export interface LogEntry {
  /** RFC 3339. */
  readonly time: string;
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields;
}

/** Writes an entry as one line with its end, whatever is in it. */
export type LineWriter = (entry: LogEntry) => string;

/** By the names of distribution's configuration. */
export const LINE_WRITERS: Readonly<Record<LogFormat, LineWriter>> = {
  text: textLine,
  json: jsonLine,
  logstash: logstashLine,
};

/** As distribution's logging library (logrus) names the levels. */
const LEVEL_NAMES: Readonly<Record<LogLevel, string>> = {
  error: "error",
  warn: "warning",
  info: "info",
  debug: "debug",
};

/** What needs no quotes in a line of `key=value`. */
const BARE_REGEXP = /^[A-Za-z0-9._/@^+-]+$/;

/** Nothing that JSON leaves as it is, but that a terminal or a reader of lines would take for more than a letter. */
const INVISIBLE_REGEXP = /[\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** A text in quotes, with escapes for everything that could end a line, a value, or what is visible of them. */
export function quoted(text: string): string {
  return visible(JSON.stringify(text));
}

function visible(json: string): string {
  return json.replace(
    INVISIBLE_REGEXP,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function textLine({ time, level, message, fields }: LogEntry): string {
  const pairs = [["time", time], ["level", LEVEL_NAMES[level]], ["msg", message]];
  const head = pairs.map(([key, value]) =>
    key === "level" ? `${key}=${value}` : `${key}=${quoted(value ?? "")}`
  );
  const rest = entriesOf(fields, pairs.map(([key]) => key ?? "")).map(([key, value]) =>
    `${key}=${textValue(value)}`
  );
  return `${[...head, ...rest].join(" ")}\n`;
}

function textValue(value: unknown): string {
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  return BARE_REGEXP.test(text) ? text : quoted(text);
}

function jsonLine({ time, level, message, fields }: LogEntry): string {
  const own = { level: LEVEL_NAMES[level], msg: message, time };
  return jsonText({ ...Object.fromEntries(entriesOf(fields, Object.keys(own))), ...own });
}

/** The form that Logstash's codec for JSON takes as an event. */
function logstashLine({ time, level, message, fields }: LogEntry): string {
  const own = {
    "@timestamp": time,
    "@version": "1",
    level: LEVEL_NAMES[level],
    message,
    type: "log",
  };
  return jsonText({ ...Object.fromEntries(entriesOf(fields, Object.keys(own))), ...own });
}

function jsonText(line: LogFields): string {
  return `${visible(JSON.stringify(line))}\n`;
}

/** Fields in the order of their names. One that has a name of the line's own is called `fields.<name>`. */
function entriesOf(fields: LogFields, taken: readonly string[]): readonly [string, unknown][] {
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined && value !== "")
    .map(([key, value]): [string, unknown] => [taken.includes(key) ? `fields.${key}` : key, value])
    .toSorted(([a], [b]) => a < b ? -1 : 1);
}
