/**
 * Makes a release in `dist/release`: an executable for every target, the bill of materials and their checksums.
 *
 * @module
 */

import { parseArgs } from "@std/cli";
import { emptyDir } from "@std/fs";
import { digestBytes, digestHex } from "../../storage/digest.ts";
import { billOfMaterials, type Runtime } from "./bill_of_materials.ts";
import { type BuildFacts, readBuildFacts } from "./build_facts.ts";
import { type Bundle, bundle } from "./bundle.ts";
import { buildingDeno, compileProgram } from "./compile_program.ts";
import { type PackageLicense, readLicenses } from "./packages.ts";
import { BuildError, run, runScript } from "./run.ts";
import { REPOSITORY_ROOT } from "./sources.ts";
import { type Target, targetOfThisMachine, TARGETS } from "./targets.ts";
import type { BundledPackage } from "./tidy_bundle.ts";

const USAGE = `Usage: deno task release [--target NAME]... [--tag TAG] [--dry-run]

Makes dist/release: an executable for every target, berth.spdx.json, LICENSES.txt and SHA256SUMS. The same commit gives the same
files. The exit code is 1 when an executable could not be made; the others are there all the same.

  --target NAME  only this one of ${TARGETS.map(({ name }) => name).join(", ")}
  --tag TAG      fail unless this is the tag of the version in deno.json, and nothing was changed since the commit
  --dry-run      say what would be made, and make nothing
  --help         this text

DENO_COMPILE names the Deno to build with. DENORT_BIN names the runtime to build on, where Deno's site is out of reach;
it is of this machine's kind, so the other targets are left out then.`;

const BILL = "berth.spdx.json";
const LICENSES = "LICENSES.txt";
const SUMS = "SHA256SUMS";
const DIRECTORY = "dist/release";

interface ReleaseOptions {
  readonly targets: readonly Target[];
  readonly tag: string | null;
  readonly isDryRun: boolean;
}

/** Reads the command line; `null` for `--help`. Throws a `BuildError` for what it does not know. */
export function releaseOptions(args: readonly string[]): ReleaseOptions | null {
  const parsed = parseArgs(args, {
    boolean: ["dry-run", "help"],
    string: ["target", "tag"],
    collect: ["target"],
    unknown: (argument) => {
      throw new BuildError(`Unknown argument "${argument}"; see deno task release --help`);
    },
  });
  if (parsed["help"] === true) return null;
  const names = Array.isArray(parsed["target"]) ? parsed["target"].map(String) : [];
  const { tag } = parsed;
  return {
    targets: names.length === 0 ? TARGETS : names.map(targetOfName),
    tag: typeof tag === "string" ? tag : null,
    isDryRun: parsed["dry-run"] === true,
  };
}

function targetOfName(name: string): Target {
  const found = TARGETS.find((target) => target.name === name);
  if (found !== undefined) return found;
  const known = TARGETS.map((target) => target.name).join(", ");
  throw new BuildError(`Unknown target "${name}": expected one of ${known}`);
}

/** Throws a `BuildError` unless a tag is that of what is built, without changes. */
export function checkTag(tag: string, { version, commit }: BuildFacts): void {
  if (tag !== `v${version}`) {
    throw new BuildError(
      `The tag is "${tag}" but deno.json says ${version}: the tag has to be "v${version}"`,
    );
  }
  if (commit.endsWith("-dirty")) throw new BuildError(`Files differ from commit ${commit}`);
}

async function release({ targets, tag, isDryRun }: ReleaseOptions): Promise<number> {
  const facts = await readBuildFacts();
  if (tag !== null) checkTag(tag, facts);
  console.log(`berth ${facts.version}, commit ${facts.commit} of ${facts.committedAt}`);
  if (isDryRun) {
    for (const { file } of targets) console.log(`${DIRECTORY}/${file}: would be made`);
    return 0;
  }
  const deno = buildingDeno();
  const program = await bundle(deno, "dist/bundle", facts);
  await emptyDir(`${REPOSITORY_ROOT}${DIRECTORY}`);
  const made: Target[] = [];
  for (const target of targets) {
    if (await make(deno, program, target)) made.push(target);
  }
  const runtime = await readRuntime(deno, made);
  const licenseOf = await readLicenses(deno);
  await writeBill(facts, runtime, program.packages, licenseOf);
  await writeLicenses(runtime, program.packages, licenseOf);
  await writeSums([...made.map(({ file }) => file), BILL, LICENSES]);
  return made.length === targets.length ? 0 : 1;
}

/** Makes one executable, and says so; false when it could not be made. */
async function make(deno: string, program: Bundle, target: Target): Promise<boolean> {
  const path = `${DIRECTORY}/${target.file}`;
  try {
    if (Deno.env.has("DENORT_BIN") && target !== targetOfThisMachine()) {
      throw new BuildError("DENORT_BIN is a runtime for this machine only");
    }
    await compileProgram(deno, program, target, `${REPOSITORY_ROOT}${path}`);
    console.log(`${path}: made`);
    return true;
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    console.error(`${path}: not made: ${error.message}`);
    return false;
  }
}

async function writeBill(
  facts: BuildFacts,
  runtime: Runtime,
  packages: readonly BundledPackage[],
  licenseOf: (bundled: BundledPackage) => PackageLicense,
): Promise<void> {
  const bill = billOfMaterials({
    facts,
    runtime,
    packages,
    lock: JSON.parse(await Deno.readTextFile(`${REPOSITORY_ROOT}deno.lock`)),
    licenseOf: (bundled) => licenseOf(bundled).expression,
  });
  await writeRelease(BILL, `${JSON.stringify(bill, null, 2)}\n`);
}

/** Licenses want their texts to go with copies. */
async function writeLicenses(
  { deno }: Runtime,
  packages: readonly BundledPackage[],
  licenseOf: (bundled: BundledPackage) => PackageLicense,
): Promise<void> {
  const own = (await Deno.readTextFile(`${REPOSITORY_ROOT}LICENSE`)).trim();
  const sections = packages.map((bundled) => {
    const { expression, text } = licenseOf(bundled);
    const title = `${bundled.name} ${bundled.version}: ${expression ?? "see its page"}`;
    return text === null ? title : `${title}\n\n${text}`;
  });
  const runtime = `Deno ${deno}: MIT, V8: BSD-3-Clause; their texts are in the LICENSE files of ` +
    "github.com/denoland/deno and github.com/v8/v8";
  await writeRelease(LICENSES, `${["berth: MIT", own, ...sections, runtime].join("\n\n")}\n`);
}

async function writeRelease(file: string, text: string): Promise<void> {
  await Deno.writeTextFile(`${REPOSITORY_ROOT}${DIRECTORY}/${file}`, text);
}

/** What the executables run on: asked of the one that runs here, else of the Deno that made them. */
async function readRuntime(deno: string, made: readonly Target[]): Promise<Runtime> {
  const own = made.find((target) => target === targetOfThisMachine());
  const said = own === undefined
    ? await run(deno, ["--version"], REPOSITORY_ROOT)
    : await run(`${REPOSITORY_ROOT}${DIRECTORY}/${own.file}`, ["--version"], REPOSITORY_ROOT);
  const [, version = "", v8 = ""] = /deno ([\d.]+)[^]*v8 ([^\s)]+)/i.exec(said) ?? [];
  return { deno: version, v8 };
}

async function writeSums(files: readonly string[]): Promise<void> {
  const lines = files.map((file) => {
    const content = Deno.readFileSync(`${REPOSITORY_ROOT}${DIRECTORY}/${file}`);
    return `${digestHex(digestBytes(content, "sha256"))}  ${file}\n`;
  });
  await writeRelease(SUMS, lines.join(""));
  console.log(`${DIRECTORY}: ${files.length} files in ${SUMS}`);
}

if (import.meta.main) {
  await runScript(async () => {
    const options = releaseOptions(Deno.args);
    if (options !== null) return await release(options);
    console.log(USAGE);
    return 0;
  });
}
