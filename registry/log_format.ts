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

/** Makes writers, by the names of distribution's configuration. The fields are added to each line. */
export const LINE_WRITERS: Readonly<Record<LogFormat, (common: LogFields) => LineWriter>> = {
  text: textWriter,
  json: jsonWriter,
  logstash: logstashWriter,
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
  return PLAIN_REGEXP.test(text) ? `"${text}"` : visible(JSON.stringify(text));
}

/** What needs no escape, which almost everything is. */
const PLAIN_REGEXP = /^[ !#-[\]-~]*$/;

function visible(json: string): string {
  if (PRINTABLE_REGEXP.test(json)) return json;
  return json.replace(
    INVISIBLE_REGEXP,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** What almost all of JSON is, and nothing invisible. */
const PRINTABLE_REGEXP = /^[ -~]*$/;

function textWriter(common: LogFields): LineWriter {
  const renamed = withoutClashes(common, ["time", "level", "msg"]);
  return ({ time, level, message, fields }) => {
    const head = `time=${quoted(time)} level=${LEVEL_NAMES[level]} msg=${quoted(message)}`;
    const rest = Object.entries({ ...renamed, ...fields })
      .filter(([, value]) => value !== undefined && value !== "")
      .toSorted(([a], [b]) => a < b ? -1 : 1)
      .map(([key, value]) => ` ${textKey(key)}=${textValue(value)}`);
    return `${head}${rest.join("")}\n`;
  };
}

/** The operator may call a field anything. */
function textKey(key: string): string {
  return BARE_REGEXP.test(key) ? key : quoted(key);
}

function textValue(value: unknown): string {
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  return BARE_REGEXP.test(text) ? text : quoted(text);
}

function jsonWriter(common: LogFields): LineWriter {
  const shared = jsonPairs(withoutClashes(common, ["level", "msg", "time"]));
  return ({ time, level, message, fields }) =>
    `{"level":"${LEVEL_NAMES[level]}","msg":${quoted(message)},"time":${quoted(time)}` +
    `${shared}${jsonPairs(fields)}}\n`;
}

/** The form that Logstash's codec for JSON takes as an event. */
function logstashWriter(common: LogFields): LineWriter {
  const taken = ["@timestamp", "@version", "level", "message", "type"];
  const shared = jsonPairs(withoutClashes(common, taken));
  return ({ time, level, message, fields }) =>
    `{"@timestamp":${quoted(time)},"@version":"1","level":"${LEVEL_NAMES[level]}",` +
    `"message":${quoted(message)},"type":"log"${shared}${jsonPairs(fields)}}\n`;
}

/** Members of a JSON object, each after a comma: V8 writes an object faster than its members one by one. */
function jsonPairs(fields: LogFields): string {
  const members = visible(JSON.stringify(fields)).slice(1, -1);
  return members === "" ? "" : `,${members}`;
}

/** A field that has a name of the line's own is called `fields.<name>`, as in distribution. */
function withoutClashes(fields: LogFields, taken: readonly string[]): LogFields {
  return Object.fromEntries(
    Object.entries(fields).map((
      [key, value],
    ) => [taken.includes(key) ? `fields.${key}` : key, value]),
  );
}
