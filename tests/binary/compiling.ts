/**
 * Tests that compile programs.
 *
 * @module
 */

import { compileHello } from "../bench/startup.ts";
import { BERTH_BINARY, withTempDir } from "../harness.ts";

/** Why nothing can be compared with what is compiled here; `null` when it can. */
export async function whyNothingCompiles(): Promise<string | null> {
  if (BERTH_BINARY === null) return "BERTH_BINARY names no executable";
  try {
    await withTempDir("hello", compileHello);
    return null;
  } catch (error) {
    return `nothing can be compiled here: ${error instanceof Error ? error.message : error}`;
  }
}

/** Registers a test that is skipped, with the reason in its name, where there is one. */
export function testUnless(reason: string | null, name: string, fn: () => Promise<void>): void {
  Deno.test({
    name: reason === null ? name : `${name} (skipped: ${reason})`,
    ignore: reason !== null,
    fn,
  });
}
