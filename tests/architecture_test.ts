import { assert, assertEquals } from "@std/assert";
import { walkSync } from "@std/fs";
import configuration from "../deno.json" with { type: "json" };
import { settingsReference } from "../cli/settings/reference.ts";
import { apiReference } from "../registry/api_reference.ts";
import { metricsReference } from "../registry/metrics_reference.ts";
import { type ErrorCode, ERRORS } from "../registry/errors.ts";
import { ROUTES } from "../registry/routes.ts";

const REPOSITORY_ROOT = new URL("../", import.meta.url).pathname;
const FILE_LINES_MAX = 400;

/** From left to right: a room imports itself and those before it. */
const ROOMS: readonly string[] = ["storage", "registry", "gc", "cli", "main.ts"];

/** What is not written by hand, or not kept. */
const SKIPPED: readonly RegExp[] = [/\/\.git(?:\/|$)/, /\/data\//, /\/dist\//, /\/\.coverage\//];

interface SourceFile {
  /** Below the root of the repository. */
  readonly path: string;
  readonly text: string;
}

function readFiles(extensions: readonly string[]): readonly SourceFile[] {
  return [...walkSync(REPOSITORY_ROOT, { includeDirs: false, exts: extensions, skip: SKIPPED })]
    .map(({ path }) => ({
      path: path.slice(REPOSITORY_ROOT.length),
      text: Deno.readTextFileSync(path),
    }));
}

const SOURCES = readFiles(["ts"]);

/** Files that only tests import: their kits, the contract of drivers and the driver that fails on demand. */
const TEST_SUPPORT = /_test\.ts$|_kit\.ts$|_contract\.ts$|^storage\/contract\/|faulty_driver\.ts$/;

function isTest({ path }: SourceFile): boolean {
  return TEST_SUPPORT.test(path) || path.startsWith("tests/");
}

function roomOf(path: string): string | null {
  return ROOMS.find((room) => path === room || path.startsWith(`${room}/`)) ?? null;
}

const PROGRAM = SOURCES.filter((file) => roomOf(file.path) !== null && !isTest(file));

/** What a file imports: by `import` and `export`, on demand, or as the source of a worker. */
function importsOf({ text }: SourceFile): readonly string[] {
  const pattern = /(?:\bfrom\s|\bimport\s|\bimport\(|\bnew URL\()\s*"([^"]+)"/g;
  return [...text.matchAll(pattern)].map((match) => match[1] ?? "");
}

function resolveImport(from: string, specifier: string): string {
  return new URL(specifier, `file:///${from}`).pathname.slice(1);
}

function offences(
  files: readonly SourceFile[],
  offence: (file: SourceFile) => readonly string[],
): readonly string[] {
  return files.flatMap((file) => offence(file).map((text) => `${file.path}: ${text}`));
}

Deno.test("every room has files, and main.ts is there", () => {
  assert(PROGRAM.length > 40);
  for (const room of ["storage", "registry", "cli", "main.ts"]) {
    assert(PROGRAM.some(({ path }) => roomOf(path) === room), room);
  }
});

Deno.test("rooms import only rooms to their left", () => {
  const files = SOURCES.filter(({ path }) => roomOf(path) !== null);
  const wrong = offences(files, (file) =>
    importsOf(file).filter((specifier) => {
      if (!specifier.startsWith(".")) return false;
      const target = resolveImport(file.path, specifier);
      if (target === "deno.json") return roomOf(file.path) !== "cli";
      const room = roomOf(target);
      return room === null || ROOMS.indexOf(room) > ROOMS.indexOf(roomOf(file.path) ?? "");
    }));
  assertEquals(wrong, []);
});

Deno.test("the program imports nothing that is only for tests", () => {
  const tests = new Set(SOURCES.filter(isTest).map(({ path }) => path));
  const wrong = offences(
    PROGRAM,
    (file) =>
      importsOf(file).filter((specifier) =>
        specifier === "@std/assert" ||
        (specifier.startsWith(".") && tests.has(resolveImport(file.path, specifier)))
      ),
  );
  assertEquals(wrong, []);
});

Deno.test("each package is imported by one file of the program, under the name of the map", () => {
  const importers = new Map<string, string[]>();
  for (const file of PROGRAM) {
    for (const specifier of importsOf(file)) {
      if (specifier.startsWith(".") || specifier.startsWith("node:")) continue;
      assert(Object.hasOwn(configuration.imports, specifier), `${file.path}: ${specifier}`);
      importers.set(specifier, [...importers.get(specifier) ?? [], file.path]);
    }
  }
  const shared = [...importers].filter(([, paths]) => paths.length !== 1);
  assertEquals(shared, []);
});

/** By Deno's names and by Node's; what is imported besides are modules of the program, and packages of the map. */
const STARTS_PROGRAMS =
  /\bDeno\.(?:Command|dlopen|run)\b|"(?:node:)?(?:child_process|cluster|ffi)"/g;

Deno.test("the program starts no programs and loads no libraries", () => {
  assertEquals("new Deno.Command(name)".match(STARTS_PROGRAMS), ["Deno.Command"]);
  const wrong = offences(PROGRAM, ({ text }) => text.match(STARTS_PROGRAMS) ?? []);
  assertEquals(wrong, []);
});

/** What is loaded before anything is asked for: by `import` and `export`, not on demand. */
function loadedWith(path: string, loaded: Set<string> = new Set()): ReadonlySet<string> {
  if (loaded.has(path)) return loaded;
  loaded.add(path);
  const text = SOURCES.find((file) => file.path === path)?.text ?? "";
  for (const [, specifier = ""] of text.matchAll(/^(?!.*\btype \{)[^]*?\bfrom "(\.[^"]+)"/gm)) {
    loadedWith(resolveImport(path, specifier), loaded);
  }
  return loaded;
}

Deno.test("berth --help and --version load a few files, and no command", () => {
  const loaded = loadedWith("main.ts");
  const commands = SOURCES.find(({ path }) => path === "cli/commands.ts");
  const onDemand = [...commands?.text.matchAll(/import\("(\.[^"]+)"\)/g) ?? []]
    .map(([, specifier = ""]) => resolveImport("cli/commands.ts", specifier));
  assert(onDemand.includes("cli/serve.ts") && loaded.has("cli/commands.ts"));
  assertEquals(onDemand.filter((path) => loaded.has(path)), []);
  assertEquals([...loaded].filter((path) => /^(?:registry|gc)\//.test(path)), []);
  assert(loaded.size < 20, [...loaded].join());
});

Deno.test("no file of the program is longer than 400 lines, but the one of all limits", () => {
  const files = PROGRAM.filter(({ path }) => path !== "storage/limits.ts");
  const long = offences(files, ({ text }) => {
    const lines = text.split("\n").length - 1;
    return lines > FILE_LINES_MAX ? [`${lines} lines`] : [];
  });
  assertEquals(long, []);
});

Deno.test("every file says at its head what it is for", () => {
  const files = SOURCES.filter(({ path }) =>
    !path.endsWith("_test.ts") && !path.startsWith("types/")
  );
  const silent = offences(files, ({ text }) => {
    const [head = ""] = /^\/\*\*[^]*?\*\//.exec(text) ?? [];
    return head.includes(" * @module\n") ? [] : ["no @module comment"];
  });
  assertEquals(silent, []);
});

Deno.test("files have names in snake case, and no file is a bag of everything", () => {
  const wrong = SOURCES.filter(({ path }) => {
    const name = path.slice(path.lastIndexOf("/") + 1);
    return !/^[a-z0-9_]+(?:\.d)?\.ts$/.test(name) ||
      /^(?:utils?|helpers?|common|misc)\.ts$/.test(name);
  });
  assertEquals(wrong.map(({ path }) => path), []);
});

Deno.test("nothing is left for later, and no file names the host of a package registry", () => {
  // Put together here, so that this file does not hold what it looks for.
  const words = ["TO" + "DO", "FIX" + "ME", "X" + "XX"];
  const hosts = [["registry", "npmjs", "org"], ["npm", "jsr", "io"], ["proxy", "golang", "org"]];
  const files = readFiles(["ts", "json", "lock", "md", "yml", "yaml", "sh"]);
  const wrong = offences(files, ({ text }) => [
    ...words.filter((word) => new RegExp(`\\b${word}\\b`).test(text)),
    ...hosts.map((host) => host.join(".")).filter((host) => text.includes(host)),
  ]);
  assertEquals(wrong, []);
});

/** Constants that look like limits and are none. */
const NOT_LIMITS: ReadonlyMap<string, string> = new Map([
  ["UNITS_MS", "a table of conversions"],
  ["PORT_MAX", "a fact of TCP"],
  ["EDITS_MAX", "a judgement of spelling"],
]);

Deno.test("every limit is declared in storage/limits.ts", () => {
  const pattern = /^(?:export )?const ([A-Z0-9_]+_(?:MAX|MIN|MS|SECONDS|BYTES))\b/gm;
  const files = PROGRAM.filter(({ path }) => path !== "storage/limits.ts");
  const scattered = offences(files, ({ text }) =>
    [...text.matchAll(pattern)]
      .map((match) => match[1] ?? "")
      .filter((name) => !NOT_LIMITS.has(name)));
  assertEquals(scattered, []);
});

/** Codes that no endpoint answers with, and why they are in the table. */
const CODES_OF_NO_ENDPOINT: ReadonlyMap<ErrorCode, string> = new Map([
  ["UNKNOWN", "any request, when the store or the program fails"],
  ["BLOB_UPLOAD_INVALID", "a code of the spec that clients know"],
  ["MANIFEST_UNVERIFIED", "a code of distribution that clients know"],
]);

Deno.test("every error code is answered by some endpoint", () => {
  const used = new Set(
    ROUTES.flatMap((route) => route.endpoints.flatMap((endpoint) => endpoint.failures)),
  );
  const codes = Object.keys(ERRORS) as ErrorCode[];
  assertEquals(
    codes.filter((code) => !used.has(code)).toSorted(),
    [...CODES_OF_NO_ENDPOINT.keys()].toSorted(),
  );
});

/** Pages that `deno task docs` writes. */
const GENERATED: Readonly<Record<string, () => string>> = {
  "registry/API.md": apiReference,
  "cli/CONFIG.md": settingsReference,
  "registry/METRICS.md": metricsReference,
};

Deno.test("generated pages are as the tables are now", () => {
  for (const [path, generate] of Object.entries(GENERATED)) {
    const page = Deno.readTextFileSync(`${REPOSITORY_ROOT}${path}`);
    assertEquals(page, generate(), `${path}: run "deno task docs"`);
  }
});
