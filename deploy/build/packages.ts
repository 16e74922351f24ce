/**
 * What packages say of themselves, where they are kept for this machine.
 *
 * @module
 */

import { run } from "./run.ts";
import { REPOSITORY_ROOT } from "./sources.ts";
import type { BundledPackage } from "./tidy_bundle.ts";

/** Under which terms a package may be used. */
export interface PackageLicense {
  /** An SPDX expression; `null` when it is not known. */
  readonly expression: string | null;
  /** The text that has to go with copies; `null` when the package carries none. */
  readonly text: string | null;
}

const NOTHING_KNOWN: PackageLicense = { expression: null, text: null };

/** Looks licenses up in the packages that a Deno has fetched. */
export async function readLicenses(
  deno: string,
): Promise<(bundled: BundledPackage) => PackageLicense> {
  const info = JSON.parse(await run(deno, ["info", "--json"], REPOSITORY_ROOT));
  const cache: string = info.npmCache;
  const registries = namesIn(cache);
  return ({ name, version }) => {
    const directories = registries.map((registry) => `${cache}/${registry}/${name}/${version}`);
    const found = directories.find((directory) => namesIn(directory).includes("package.json"));
    return found === undefined ? NOTHING_KNOWN : licenseIn(found);
  };
}

function licenseIn(directory: string): PackageLicense {
  const { license } = JSON.parse(Deno.readTextFileSync(`${directory}/package.json`));
  const file = namesIn(directory).find((name) => /^licen[cs]e(?:\.|$)/i.test(name));
  return {
    expression: typeof license === "string" ? license : null,
    text: file === undefined ? null : Deno.readTextFileSync(`${directory}/${file}`).trim(),
  };
}

function namesIn(directory: string): readonly string[] {
  try {
    return [...Deno.readDirSync(directory)].map(({ name }) => name).toSorted();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
