/**
 * Reads the settings: the file, what variables override, what flags override.
 *
 * @module
 */

import { CATALOG_ENTRIES_MAX, TAGS_ENTRIES_MAX } from "../../storage/limits.ts";
import { applyEnvironment, CONFIGURATION_VARIABLE } from "./environment.ts";
import { type KeyLines, keyLines } from "./lines.ts";
import { isVariant } from "./nodes.ts";
import { type Remark, SettingsError } from "./problems.ts";
import { checkRules } from "./rules.ts";
import { settle } from "./settle.ts";
import { type Settings, TABLE } from "./table.ts";
import { parseWritten, type Written, type WrittenMap } from "./written.ts";

/** Where settings come from; the later overrides the earlier. */
export interface SettingsInput {
  /** The configuration file; `null` for the one that `REGISTRY_CONFIGURATION_PATH` names, or none. */
  readonly path: string | null;
  readonly environment: Readonly<Record<string, string>>;
  /** Flags that were given, by the path of their setting. */
  readonly flags: ReadonlyMap<string, WrittenFlag>;
  /** Only problems with keys that begin so are problems; `""` for all. */
  readonly scope?: string;
}

/** A flag as it was given. */
export interface WrittenFlag {
  /** `true` for a switch. */
  readonly value: string | true;
  /** With its dashes. */
  readonly from: string;
}

/** Settings, and how they came about. */
export interface ReadSettings {
  readonly settings: Settings;
  /** The file that was read; `null` for none. */
  readonly path: string | null;
  /** What berth does not serve although it is written, and variables that were left out. */
  readonly notices: readonly Remark[];
  /** Where each value was written, by path; a path that is missing has its default. */
  readonly sources: ReadonlyMap<string, string>;
}

/** Stands for the file where there is none. */
const NONE = "the settings";

/** Reads the settings. Throws a `SettingsError` with everything that is wrong. */
export function readSettings(input: SettingsInput): ReadSettings {
  const { problems, ...read } = examineSettings(input);
  const scope = input.scope ?? "";
  const relevant = problems.filter(({ path }) => path === "" || path.startsWith(scope));
  if (relevant.length > 0) throw new SettingsError(relevant);
  return read;
}

/**
 * The same, with what is wrong beside what could be read, where values that could not be read are `null`. Throws a
 * `SettingsError` when there is no such file, or no YAML in it.
 */
export function examineSettings(
  input: SettingsInput,
): ReadSettings & { readonly problems: readonly Remark[] } {
  const path = input.path ?? (input.environment[CONFIGURATION_VARIABLE] || null);
  const file = path === null ? emptyMap(NONE) : readFile(path);
  const overridden = applyEnvironment(TABLE, file, input.environment);
  const flagged = applyFlags(overridden.written, input.flags);
  const hasFile = path !== null;
  const settled = settle(TABLE, hasFile ? flagged : withDriver(flagged), { hasFile });
  const { sources } = settled;
  const settings = deepFreeze(complete(settled.value as Settings, sources));
  const problems = [...overridden.problems, ...settled.problems];
  // Rules speak of values, and values that could not be read would make them say the wrong thing.
  if (problems.length === 0) problems.push(...checkRules(settings, sources, path ?? NONE));
  const notices = [...overridden.notices, ...settled.notices].toSorted(byLine);
  return { settings, path, notices, sources, problems: problems.toSorted(byLine) };
}

/** In the order of the file; what is wrong with variables and flags comes after. */
function byLine(a: Remark, b: Remark): number {
  const lineOf = ({ from }: Remark): number => Number(/:(\d+)$/.exec(from)?.[1] ?? Infinity);
  const [first, second] = [lineOf(a), lineOf(b)];
  return first === second ? 0 : first - second;
}

function readFile(path: string): WrittenMap {
  const yaml = readText(path);
  const found = keyLines(yaml);
  const from = (key: string): string | null => {
    const line = found.lines.get(key);
    return key === "" ? path : line === undefined ? null : `${path}:${line}`;
  };
  let written: Written;
  try {
    written = parseWritten(yaml, from);
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error;
    const repeated = error.message.includes("duplicated key") ? repeatedKeys(path, found) : [];
    throw new SettingsError(
      repeated.length > 0 ? repeated : [syntaxProblem(path, error.message)],
    );
  }
  if (written.node === "map") return written;
  const what = "expected a section, with a key on each line; the first is version: 0.1";
  throw new SettingsError([{ from: path, path: "", what }]);
}

/** The parser names the end of a section that is there twice, and not its key. */
function repeatedKeys(path: string, { lines, repeated }: KeyLines): readonly Remark[] {
  return repeated.map(([key, line]) => ({
    from: `${path}:${line}`,
    path: key,
    what: `given a second time, after line ${lines.get(key)}; keep one`,
  }));
}

function readText(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    const what = error instanceof Deno.errors.NotFound
      ? "there is no such file; pass the path of a configuration"
      : `cannot read the file: ${error instanceof Error ? error.message : error}`;
    throw new SettingsError([{ from: path, path: "", what }]);
  }
}

/** The parser puts the place in the middle of its message, and a drawing of it at the end. */
function syntaxProblem(path: string, message: string): Remark {
  const [first = ""] = message.split("\n", 1);
  const [place = "", line] = / at line (\d+), column -?\d+:?/.exec(first) ?? [];
  const what = first.replace(place, "").replace(/:$/, "");
  return { from: line === undefined ? path : `${path}:${line}`, path: "", what };
}

function emptyMap(from: string): WrittenMap {
  return { node: "map", entries: new Map(), from };
}

function applyFlags(written: WrittenMap, flags: ReadonlyMap<string, WrittenFlag>): WrittenMap {
  let root = written;
  for (const [path, { value, from }] of flags) {
    root = place(root, path.split("."), { node: "scalar", value, text: String(value), from });
  }
  return root;
}

function place(map: WrittenMap, keys: readonly string[], value: Written): WrittenMap {
  const [key = "", ...rest] = keys;
  const existing = map.entries.get(key);
  const below = existing?.node === "map" ? existing : asVariant(existing, value.from);
  const entry = rest.length === 0 ? value : place(below, rest, value);
  return { ...map, entries: new Map([...map.entries, [key, entry]]) };
}

/** `storage: filesystem` is a section that has a section. */
function asVariant(written: Written | undefined, from: string): WrittenMap {
  if (written?.node !== "scalar" || written.value === null) return emptyMap(from);
  return { ...emptyMap(from), entries: new Map([[written.text, emptyMap(written.from)]]) };
}

/** Without a file, the store is a directory unless a variable or a flag says otherwise. */
function withDriver(written: WrittenMap): WrittenMap {
  const storage = written.entries.get("storage");
  if (storage?.node === "scalar" && storage.value !== null) return written;
  const keys = storage?.node === "map" ? [...storage.entries.keys()] : [];
  const hasDriver = keys.some((key) => isVariant(TABLE.children.storage, key));
  return hasDriver ? written : place(written, ["storage", "filesystem"], emptyMap(NONE));
}

/** Fills in what depends on other settings. */
function complete(settings: Settings, sources: ReadonlyMap<string, string>): Settings {
  const { storage, http, log, catalog, tags, loglevel } = settings;
  return {
    ...settings,
    // Memory is not shared by threads.
    http: { ...http, workers: storage.inmemory === null ? http.workers : 1 },
    log: { ...log, level: sources.has("log.level") ? log.level : loglevel ?? log.level },
    catalog: { maxentries: catalog.maxentries < 1 ? CATALOG_ENTRIES_MAX : catalog.maxentries },
    tags: { ...tags, maxtags: tags.maxtags === 0 ? TAGS_ENTRIES_MAX : tags.maxtags },
  };
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}
