import { assertEquals } from "@std/assert";
import { Log } from "./log.ts";
import type { LogFields, LogFormat, LogLevel } from "./log_format.ts";

const TIME = "2026-01-02T03:04:05.678Z";

function openLog(
  format: LogFormat,
  fields: LogFields = {},
  level: LogLevel = "info",
): { log: Log; lines: string[] } {
  const lines: string[] = [];
  const log = new Log({
    format,
    fields,
    level: () => level,
    write: (line) => lines.push(line),
    nowMs: () => Date.parse(TIME),
  });
  return { log, lines };
}

/** Texts that would break a line, or show something else than they are. */
const HOSTILE: readonly string[] = [
  "a\nb",
  "a\r\nlevel=error",
  'a" level=error x="',
  "a\\",
  "a\u2028b",
  "a\u0085b",
  "a\u001b[31mb",
  "a\u009b31mb",
  "a\u0000b",
  "a\u202eb",
  "\ud800",
];

Deno.test("Log writes text as distribution does, with its fields in order", () => {
  const { log, lines } = openLog("text", { service: "registry", env: "a b" });
  log.warn("it is hot", { "http.response.status": 503, none: undefined, empty: "" });
  assertEquals(lines, [
    `time="${TIME}" level=warning msg="it is hot" env="a b" http.response.status=503 service=registry\n`,
  ]);
});

Deno.test("Log writes JSON with the names of distribution", () => {
  const { log, lines } = openLog("json", { service: "registry" });
  log.error("it burns", { "err.code": "UNKNOWN" });
  assertEquals(lines.map((line) => JSON.parse(line)), [{
    level: "error",
    msg: "it burns",
    time: TIME,
    service: "registry",
    "err.code": "UNKNOWN",
  }]);
});

Deno.test("Log writes JSON of fields of any kind", () => {
  const fields = {
    no: null,
    yes: true,
    many: [1, "a\u2028"],
    deep: { a: { b: 1 } },
    none: undefined,
  };
  const { log, lines } = openLog("json", fields);
  log.info("hello", { rate: .5, endless: Infinity, act: () => 1 });
  assertEquals(lines.map((line) => JSON.parse(line)), [{
    level: "info",
    msg: "hello",
    time: TIME,
    no: null,
    yes: true,
    many: [1, "a\u2028"],
    deep: { a: { b: 1 } },
    rate: .5,
    endless: null,
  }]);
});

Deno.test("Log writes events of Logstash", () => {
  const { log, lines } = openLog("logstash", { service: "registry", type: "mine" });
  log.info("hello");
  assertEquals(lines.map((line) => JSON.parse(line)), [{
    "@timestamp": TIME,
    "@version": "1",
    level: "info",
    message: "hello",
    type: "log",
    service: "registry",
    "fields.type": "mine",
  }]);
});

Deno.test("Log gives another name to fields that are called like parts of the line", () => {
  const text = openLog("text", { msg: "mine" });
  text.log.info("hello");
  assertEquals(text.lines, [`time="${TIME}" level=info msg="hello" fields.msg=mine\n`]);
  const json = openLog("json", { time: "mine", msg: 1 });
  json.log.info("hello");
  assertEquals(json.lines.map((line) => JSON.parse(line)), [
    { level: "info", msg: "hello", time: TIME, "fields.time": "mine", "fields.msg": 1 },
  ]);
});

Deno.test("Log writes one line whatever is in it", () => {
  for (const format of ["text", "json", "logstash"] as const) {
    for (const text of HOSTILE) {
      const { log, lines } = openLog(format, { [text]: text });
      log.info(text, { name: text, list: [text] });
      assertEquals(lines.length, 1);
      assertEquals(/^[ -~]+\n$/.test(lines[0] ?? ""), true, JSON.stringify([format, text]));
      const rest = (lines[0] ?? "").replace(/"(?:[^"\\]|\\.)*"/g, "");
      assertEquals(rest.includes("level=error"), false, JSON.stringify(text));
    }
  }
});

Deno.test("Log leaves out what is below its level, at each moment", () => {
  let level: LogLevel = "warn";
  const lines: string[] = [];
  const log = new Log({
    format: "json",
    fields: {},
    level: () => level,
    write: (line) => lines.push(JSON.parse(line).msg),
    nowMs: () => 0,
  });
  log.debug("1");
  log.info("2");
  log.warn("3");
  log.error("4");
  level = "debug";
  log.debug("5");
  level = "error";
  log.warn("6");
  assertEquals(lines, ["3", "4", "5"]);
  assertEquals([log.writes("error"), log.writes("warn")], [true, false]);
});
