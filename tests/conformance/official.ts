/**
 * Runs the official conformance program of the OCI distribution spec, a Go program, and reads its results.
 *
 * @module
 */

import { parse as parseYaml } from "@std/yaml";
import { findProgram, withTempDir } from "../harness.ts";

/** The module of the program, at the commit whose cases are covered here. */
const MODULE =
  "github.com/opencontainers/distribution-spec/conformance@v0.0.0-20260716174315-967efdc079b9";

/** Longest time that fetching and building the program may take, in milliseconds. */
const INSTALL_TIMEOUT_MS = 180_000;

/** Longest time that the program may run, in milliseconds. */
const RUN_TIMEOUT_MS = 300_000;

/** Options of the program that are all turned on, whatever their defaults; each with `OCI_` before it. */
const OPTIONS = [
  "API_PING",
  "API_PULL",
  "API_PUSH",
  "API_BLOBS_ATOMIC",
  "API_BLOBS_DELETE",
  "API_BLOBS_DIGEST_HEADER",
  "API_BLOBS_MOUNT_ANONYMOUS",
  "API_BLOBS_UPLOAD_CANCEL",
  "API_MANIFESTS_ATOMIC",
  "API_MANIFESTS_DELETE",
  "API_MANIFESTS_DIGEST_HEADER",
  "API_MANIFESTS_TAG_PARAM",
  "API_TAGS_ATOMIC",
  "API_TAGS_DELETE",
  "API_TAGS_LIST",
  "API_REFERRER",
  "DATA_IMAGE",
  "DATA_INDEX",
  "DATA_INDEX_LIST",
  "DATA_ARTIFACT",
  "DATA_SUBJECT",
  "DATA_SUBJECT_MISSING",
  "DATA_ARTIFACT_LIST",
  "DATA_SUBJECT_LIST",
  "DATA_DATA_FIELD",
  "DATA_NONDISTRIBUTABLE",
  "DATA_CUSTOM_FIELDS",
  "DATA_NO_LAYERS",
  "DATA_EMPTY_BLOB",
  "DATA_SHA512",
] as const;

/** One case of the program. */
export interface OfficialCase {
  /** Where it stands in the tree of cases, such as `sha256 blobs/stream/blob-head`. */
  readonly name: string;
  /** `passed`, `skipped` (also what a registry does not support), `failure` or `error`. */
  readonly status: string;
  /** What the program says about it; empty when it passed. */
  readonly reason: string;
}

export interface OfficialReport {
  readonly exitCode: number;
  readonly cases: readonly OfficialCase[];
  /** What the program says of each API and each kind of data: `Pass`, `Skip`, `FAIL`, `Error` or `Disabled`. */
  readonly verdicts: ReadonlyMap<string, string>;
}

/** Why the program cannot be had here at all; `null` when `OCI_CONFORMANCE` names it or Go may build it. */
export function whyNoProgram(): string | null {
  if (Deno.env.has("OCI_CONFORMANCE") || findProgram("go") !== null) return null;
  return "neither OCI_CONFORMANCE nor Go is there";
}

/**
 * Runs a function with the path of the program: the one of `OCI_CONFORMANCE`, else one that Go builds for the time
 * being. The path is `null` when Go cannot get the module in time.
 */
export async function withProgram(body: (path: string | null) => Promise<void>): Promise<void> {
  const path = Deno.env.get("OCI_CONFORMANCE");
  if (path !== undefined) return await body(path);
  await withTempDir("official", async (directory) => {
    const { code } = await run("go", ["install", MODULE], INSTALL_TIMEOUT_MS, {
      env: { GOBIN: directory, GOFLAGS: "" },
      cwd: directory,
    });
    await body(code === 0 ? `${directory}/conformance` : null);
  });
}

/** Runs the program against the registry at `host:port`. Throws when it leaves no results. */
export async function runProgram(path: string, host: string): Promise<OfficialReport> {
  return await withTempDir("results", async (directory) => {
    const env: Record<string, string> = {
      OCI_REGISTRY: host,
      OCI_TLS: "disabled",
      OCI_VERSION: "dev",
      OCI_RESULTS_DIR: directory,
    };
    for (const option of OPTIONS) env[`OCI_${option}`] = "true";
    const { code, stderr } = await run(path, [], RUN_TIMEOUT_MS, {
      env,
      clearEnv: true,
      cwd: directory,
    });
    try {
      const cases = parseJunit(await Deno.readTextFile(`${directory}/junit.xml`));
      const verdicts = parseVerdicts(await Deno.readTextFile(`${directory}/results.yaml`));
      return { exitCode: code, cases, verdicts };
    } catch (error) {
      const said = new TextDecoder().decode(stderr);
      throw new Error(`${path} left no results and said: ${said}`, { cause: error });
    }
  });
}

async function run(
  command: string,
  args: readonly string[],
  timeoutMs: number,
  options: Pick<Deno.CommandOptions, "env" | "clearEnv" | "cwd">,
): Promise<Deno.CommandOutput> {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), timeoutMs);
  try {
    const { signal } = timeout;
    return await new Deno.Command(command, { args: [...args], ...options, signal }).output();
  } finally {
    clearTimeout(timer);
  }
}

/** The name that the program gives to the root of its cases. */
const ROOT = "OCI Conformance Test/";

// The program writes each case as one element whose attributes stand in this order.
const TESTCASE_REGEXP =
  /<testcase name="([^"]*)"[^>]*? status="([^"]*)">(?:\s*<system-out>([^<]*)<)?/g;

/** Reads the cases of a JUnit file. Throws when it has none. */
function parseJunit(xml: string): readonly OfficialCase[] {
  const cases = [...xml.matchAll(TESTCASE_REGEXP)].map(([, name, status, reason]) => ({
    name: unescapeXml(name ?? "").slice(ROOT.length),
    status: status ?? "",
    reason: unescapeXml(reason ?? ""),
  }));
  if (cases.length === 0) throw new Error("The JUnit file of the program has no cases");
  return cases;
}

const XML_ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  apos: "'",
  gt: ">",
  lt: "<",
  quot: '"',
};

function unescapeXml(text: string): string {
  return text.replaceAll(/&(?:#(\d+)|#x([0-9A-Fa-f]+)|(\w+));/g, (whole, decimal, hex, name) => {
    if (name !== undefined) return XML_ENTITIES[name] ?? whole;
    return String.fromCodePoint(decimal === undefined ? parseInt(hex, 16) : Number(decimal));
  });
}

function parseVerdicts(yaml: string): ReadonlyMap<string, string> {
  const { apis, data } = parseYaml(yaml) as Record<"apis" | "data", Record<string, string>>;
  return new Map([...Object.entries(apis), ...Object.entries(data)]);
}
