/**
 * Tests that need programs of the operating system.
 *
 * @module
 */

import { findProgram } from "./harness.ts";

/** Registers a test that is skipped, with the reason in its name, where one of the programs is not installed. */
export function testWithPrograms(
  programs: readonly string[],
  name: string,
  body: () => Promise<void>,
): void {
  const missing = programs.filter((program) => findProgram(program) === null);
  const reason = missing.length === 0 ? "" : ` (skipped: not installed: ${missing.join(", ")})`;
  Deno.test({ name: `${name}${reason}`, ignore: missing.length > 0, fn: body });
}
