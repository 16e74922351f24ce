/**
 * Which berth this is.
 *
 * @module
 */

import deno from "../deno.json" with { type: "json" };

/** What this module reads of `deno.json`; a build puts a file with these fields in its place. */
interface Manifest {
  readonly version: string;
  /** Abbreviated, with `-dirty` when it was built with changes; absent in the sources themselves. */
  readonly commit?: string;
}

const manifest: Manifest = deno;

/** The version of `deno.json`. */
export const VERSION: string = manifest.version;

/** The commit that was built; `null` when the sources run themselves. */
export const COMMIT: string | null = manifest.commit ?? null;

/** Whether a Deno, by default the one that runs this, is at least as new as a version. */
export function isDenoSince(
  sinceMajor: number,
  sinceMinor: number,
  version: string = Deno.version.deno,
): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > sinceMajor || (major === sinceMajor && minor >= sinceMinor);
}

/** What `berth --version` prints: version, commit, and what it runs on. */
export function versionLine(): string {
  const origin = COMMIT === null ? "from source" : `commit ${COMMIT}`;
  return `berth ${VERSION} (${origin}, Deno ${Deno.version.deno}, V8 ${Deno.version.v8})`;
}
