/**
 * What is known of packages where they are kept for this machine.
 *
 * @module
 */

import { run } from "./run.ts";
import { REPOSITORY_ROOT } from "./sources.ts";
import type { BundledPackage } from "./tidy_bundle.ts";

/** Looks licenses up in the packages that a Deno has fetched; `null` for a package that it has not, or without one. */
export async function readLicenses(
  deno: string,
): Promise<(bundled: BundledPackage) => string | null> {
  const info = JSON.parse(await run(deno, ["info", "--json"], REPOSITORY_ROOT));
  const cache: string = info.npmCache;
  const registries = subdirectories(cache);
  return ({ name, version }) => {
    for (const registry of registries) {
      const license = licenseIn(`${cache}/${registry}/${name}/${version}/package.json`);
      if (license !== null) return license;
    }
    return null;
  };
}

function subdirectories(directory: string): readonly string[] {
  try {
    return [...Deno.readDirSync(directory)].map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

function licenseIn(path: string): string | null {
  try {
    const { license } = JSON.parse(Deno.readTextFileSync(path));
    return typeof license === "string" ? license : null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
