import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { WORKERS_FALLBACK_MAX } from "../storage/limits.ts";
import { UsageError } from "./errors.ts";
import {
  parseAddress,
  parseDuration,
  type SettingName,
  SETTINGS,
  type Settings,
  settingVariable,
  settleSettings,
} from "./settings.ts";

function settle(written: Partial<Record<SettingName, string>>): Settings {
  return settleSettings((name) => {
    const text = written[name];
    return text === undefined ? null : { text, from: `--${name}` };
  });
}

Deno.test("settleSettings() takes the fallbacks of the table", () => {
  const { workers, ...others } = settle({});
  assertEquals(others, {
    root: "./data",
    addr: { host: "127.0.0.1", port: 5000 },
    readOnly: false,
    deleteEnabled: true,
    catalogEntriesMax: 1000,
    tagsEntriesMax: 1000,
    gcInterval: 0,
    gcDeleteUntagged: false,
    gcMinAge: 3_600_000,
    drainTimeout: 30_000,
  });
  assert(workers >= 1 && workers <= WORKERS_FALLBACK_MAX);
});

Deno.test("settleSettings() takes what is written", () => {
  const settings = settle({
    root: "/srv/registry",
    addr: ":0",
    workers: "3",
    readOnly: "true",
    deleteEnabled: "false",
    catalogEntriesMax: "1",
    drainTimeout: "90s",
  });
  assertEquals(settings.root, "/srv/registry");
  assertEquals(settings.addr, { host: "", port: 0 });
  assertEquals(settings.workers, 3);
  assertEquals([settings.readOnly, settings.deleteEnabled], [true, false]);
  assertEquals(settings.catalogEntriesMax, 1);
  assertEquals(settings.drainTimeout, 90_000);
});

const REFUSED: readonly [SettingName, text: string, expected: string][] = [
  ["root", "", "a text that is not empty"],
  ["workers", "0", "a whole number from 1"],
  ["workers", "-1", "a whole number from 1"],
  ["workers", "1.5", "a whole number from 1"],
  ["workers", "1e3", "a whole number from 1"],
  ["workers", "", "a whole number from 1"],
  ["catalogEntriesMax", "9".repeat(20), "a whole number from 1"],
  ["readOnly", "yes", "true or false"],
  ["readOnly", "", "true or false"],
  ["addr", "nowhere", "HOST:PORT"],
  ["drainTimeout", "soon", "a duration"],
];

Deno.test("settleSettings() refuses what is not of the kind, naming where it stands", () => {
  for (const [name, text, expected] of REFUSED) {
    const error = assertThrows(() => settle({ [name]: text }), UsageError);
    assertStringIncludes(error.message, `Cannot use --${name} "${text}": expected ${expected}`);
  }
});

Deno.test("settingVariable() names variables as distribution does", () => {
  assertEquals(settingVariable("root"), "REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY");
  assertEquals(settingVariable("addr"), "REGISTRY_HTTP_ADDR");
  assertEquals(settingVariable("deleteEnabled"), "REGISTRY_STORAGE_DELETE_ENABLED");
  assertEquals(settingVariable("readOnly"), "REGISTRY_STORAGE_MAINTENANCE_READONLY_ENABLED");
});

Deno.test("SETTINGS names no key, flag or variable twice", () => {
  const rows = Object.values(SETTINGS);
  assertEquals(new Set(rows.map((row) => row.key)).size, rows.length);
  const flags = rows.map((row) => row.flag).filter((flag) => flag !== null);
  assertEquals(new Set(flags).size, flags.length);
  const variables = (Object.keys(SETTINGS) as SettingName[]).map(settingVariable);
  assertEquals(new Set(variables).size, rows.length);
});

Deno.test("parseDuration() reads units, and seconds where there is none", () => {
  const cases: readonly [string, number | null][] = [
    ["0", 0],
    ["10", 10_000],
    ["250ms", 250],
    ["90s", 90_000],
    ["15m", 900_000],
    ["1h", 3_600_000],
    ["30d", 2_592_000_000],
    ["1.5h", 5_400_000],
    ["", null],
    ["s", null],
    ["-1s", null],
    ["1 s", null],
    ["1w", null],
    ["1h30m", null],
    [".5s", null],
    ["1e3", null],
  ];
  for (const [text, durationMs] of cases) assertEquals(parseDuration(text), durationMs, text);
});

Deno.test("parseAddress() reads hosts and ports", () => {
  const cases: readonly [string, { host: string; port: number } | null][] = [
    ["127.0.0.1:5000", { host: "127.0.0.1", port: 5000 }],
    ["localhost:0", { host: "localhost", port: 0 }],
    [":5000", { host: "", port: 5000 }],
    ["[::1]:5000", { host: "::1", port: 5000 }],
    ["[::]:65535", { host: "::", port: 65535 }],
    ["", null],
    [":", null],
    ["5000", null],
    ["localhost", null],
    ["localhost:", null],
    ["localhost:http", null],
    ["localhost:-1", null],
    ["localhost:65536", null],
    ["localhost:1.5", null],
    ["::1:5000", null],
    ["http://localhost:5000", null],
    ["local host:5000", null],
  ];
  for (const [text, address] of cases) assertEquals(parseAddress(text), address, text);
});
