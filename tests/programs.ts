/**
 * Tests that need programs of the operating system.
 *
 * @module
 */

import { isDenoSince } from "../cli/version.ts";
import { findProgram } from "./harness.ts";
import { TESTED_DENO } from "./tested_deno.ts";

/** Among the programs that a test needs: what `node:tls`, chains of certificates and OpenTelemetry do only since then. */
export const DENO_2_9 = "Deno 2.9 inside of berth";

function isHere(program: string): boolean {
  return program === DENO_2_9 ? isDenoSince(2, 9, TESTED_DENO) : findProgram(program) !== null;
}

/** Registers a test that is skipped, with the reason in its name, where one of the programs is not installed. */
export function testWithPrograms(
  programs: readonly string[],
  name: string,
  body: () => Promise<void>,
): void {
  const missing = programs.filter((program) => !isHere(program));
  const reason = missing.length === 0 ? "" : ` (skipped: not installed: ${missing.join(", ")})`;
  Deno.test({ name: `${name}${reason}`, ignore: missing.length > 0, fn: body });
}
