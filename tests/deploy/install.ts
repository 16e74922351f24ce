/**
 * What operators install, as it stands in `deploy/`.
 *
 * @module
 */

const DEPLOY = new URL("../../deploy/", import.meta.url).pathname;

/** Where the executable is, by all that is installed. */
export const INSTALLED = "/usr/local/bin/berth";

/** The path of a file below `deploy/`. */
export function deployed(path: string): string {
  return `${DEPLOY}${path}`;
}

/** Reads a file below `deploy/`. */
export function readDeployed(path: string): string {
  return Deno.readTextFileSync(deployed(path));
}
