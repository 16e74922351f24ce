/**
 * Every setting of the server, in one table: its key in distribution's configuration, its flag, its variable, what it
 * may be and what it means. Parsing, help and checks are read off it.
 *
 * @module
 */

import { CATALOG_ENTRIES_MAX, TAGS_ENTRIES_MAX, WORKERS_FALLBACK_MAX } from "../storage/limits.ts";
import { UsageError } from "./errors.ts";

/** What a value must look like. */
export type SettingKind = "text" | "count" | "switch" | "address" | "duration";

interface SettingRow {
  /** The key of distribution's configuration, or one in its manner. */
  readonly key: string;
  /** The flag of `berth serve`, without dashes; `null` when there is none. */
  readonly flag: string | null;
  readonly kind: SettingKind;
  /** As it would be written; `null` when it depends on the machine. */
  readonly fallback: string | null;
  /** Stands for the value in usage lines. */
  readonly placeholder?: string;
  readonly meaning: string;
}

export const SETTINGS = {
  root: {
    key: "storage.filesystem.rootdirectory",
    flag: "root",
    kind: "text",
    fallback: "./data",
    placeholder: "DIR",
    meaning: "directory of the store; made if it is missing",
  },
  addr: {
    key: "http.addr",
    flag: "addr",
    kind: "address",
    fallback: "127.0.0.1:5000",
    placeholder: "HOST:PORT",
    meaning: "where to listen; port 0 takes a free one, :5000 all interfaces",
  },
  workers: {
    key: "http.workers",
    flag: "workers",
    kind: "count",
    fallback: null,
    placeholder: "N",
    meaning:
      "event loops that share the port; as many as there are cores, at most 8, on Linux, else 1",
  },
  readOnly: {
    key: "storage.maintenance.readonly.enabled",
    flag: "read-only",
    kind: "switch",
    fallback: "false",
    meaning: "turn down every write with 405",
  },
  deleteEnabled: {
    key: "storage.delete.enabled",
    flag: null,
    kind: "switch",
    fallback: "true",
    meaning: "whether manifests, tags and blobs can be deleted",
  },
  catalogEntriesMax: {
    key: "catalog.maxentries",
    flag: null,
    kind: "count",
    fallback: String(CATALOG_ENTRIES_MAX),
    meaning: "most repositories that a page of the catalog may be asked for",
  },
  tagsEntriesMax: {
    key: "tags.maxtags",
    flag: null,
    kind: "count",
    fallback: String(TAGS_ENTRIES_MAX),
    meaning: "most tags on a page for which a client names a number",
  },
  gcInterval: {
    key: "gc.interval",
    flag: null,
    kind: "duration",
    fallback: "0s",
    meaning: "how often the server collects garbage by itself; 0s never",
  },
  gcDeleteUntagged: {
    key: "gc.deleteuntagged",
    flag: null,
    kind: "switch",
    fallback: "false",
    meaning: "whether that removes manifests that no tag leads to",
  },
  gcMinAge: {
    key: "gc.minage",
    flag: null,
    kind: "duration",
    fallback: "1h",
    meaning: "what was touched within this time, that leaves alone",
  },
  drainTimeout: {
    key: "http.draintimeout",
    flag: null,
    kind: "duration",
    fallback: "30s",
    meaning: "how long requests under way may take to end after SIGINT or SIGTERM",
  },
} as const satisfies Record<string, SettingRow>;

export type SettingName = keyof typeof SETTINGS;

/** Host and port to listen on; an empty host is all interfaces. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

interface ValuesByKind {
  readonly text: string;
  readonly count: number;
  readonly switch: boolean;
  readonly address: Address;
  /** Milliseconds. */
  readonly duration: number;
}

/** The value of every setting. */
export type Settings = {
  readonly [Name in SettingName]: ValuesByKind[(typeof SETTINGS)[Name]["kind"]];
};

/** The variable that overrides a setting, as distribution names it. */
export function settingVariable(name: SettingName): string {
  return `REGISTRY_${SETTINGS[name].key.replaceAll(".", "_").toUpperCase()}`;
}

/** A value as it was written, and where. */
export interface WrittenValue {
  readonly text: string;
  /** For messages: `--addr`, `REGISTRY_HTTP_ADDR`. */
  readonly from: string;
}

/**
 * Settles every setting: what `written` says of it, else its fallback. Throws a `UsageError` for a value that is not
 * what the table asks.
 */
export function settleSettings(
  written: (name: SettingName) => WrittenValue | null,
): Settings {
  const entries = Object.entries(SETTINGS).map(([name, row]) => {
    const value = written(name as SettingName) ??
      { text: row.fallback ?? machineFallback(), from: row.key };
    return [name, parseValue(row.kind, value)];
  });
  return Object.fromEntries(entries) as Settings;
}

/** Only Linux spreads connections over the sockets that share a port. */
function machineFallback(): string {
  if (Deno.build.os !== "linux") return "1";
  return String(Math.min(navigator.hardwareConcurrency, WORKERS_FALLBACK_MAX));
}

const DURATION_REGEXP = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/;
const UNITS_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const PORT_MAX = 65_535;

interface KindRow<T> {
  readonly expected: string;
  /** `null` when the text is not of this kind. */
  readonly parse: (text: string) => T | null;
}

const KINDS: { readonly [Kind in SettingKind]: KindRow<ValuesByKind[Kind]> } = {
  text: { expected: "a text that is not empty", parse: (text) => text === "" ? null : text },
  count: { expected: "a whole number from 1", parse: parseCount },
  switch: {
    expected: "true or false",
    parse: (text) => text === "true" ? true : text === "false" ? false : null,
  },
  address: { expected: "HOST:PORT, for example 127.0.0.1:5000 or :5000", parse: parseAddress },
  duration: { expected: "a duration such as 90s, 15m or 1h", parse: parseDuration },
};

function parseValue(kind: SettingKind, { text, from }: WrittenValue): unknown {
  const { expected, parse } = KINDS[kind];
  const value = parse(text);
  if (value === null) throw new UsageError(`Cannot use ${from} "${text}": expected ${expected}`);
  return value;
}

function parseCount(text: string): number | null {
  const count = Number(text);
  return /^\d+$/.test(text) && count >= 1 && Number.isSafeInteger(count) ? count : null;
}

/** Parses `90s`, `15m`, `1h`, `30d`, or a bare number of seconds; `null` when it is none. */
export function parseDuration(text: string): number | null {
  const [, number, unit = "s"] = DURATION_REGEXP.exec(text) ?? [];
  return number === undefined ? null : Number(number) * (UNITS_MS[unit] ?? 0);
}

/** Parses `host:port`, `:port` and `[::1]:port`; `null` when it is none. */
export function parseAddress(text: string): Address | null {
  const colon = text.lastIndexOf(":");
  const port = Number(text.slice(colon + 1));
  if (colon < 0 || !/^\d+$/.test(text.slice(colon + 1)) || port > PORT_MAX) return null;
  const host = text.slice(0, colon);
  const bare = host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host;
  if (bare.includes(":") && bare === host) return null;
  return /[\s/]/.test(bare) ? null : { host: bare, port };
}
