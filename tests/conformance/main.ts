/**
 * Runs the conformance cases against a registry and prints a line for each:
 *
 *     deno run --allow-net tests/conformance/main.ts URL [ID]
 *
 * With an id, only the cases whose ids begin with it. Exits 1 when a case failed, 2 when misused. What a registry may
 * leave out is told apart as `unsupported`.
 *
 * @module
 */

import { newPrefix, runCase } from "./case.ts";
import { CASES } from "./cases.ts";
import { RegistryClient } from "./client.ts";
import { Unsupported } from "./expect.ts";

type Outcome = "ok" | "FAILED" | "unsupported";

async function main(args: readonly string[]): Promise<number> {
  const [url, start = "", ...others] = args;
  if (url === undefined || !URL.canParse(url) || others.length > 0) {
    console.error("usage: deno run --allow-net tests/conformance/main.ts URL [ID]");
    return 2;
  }
  const registry = new RegistryClient(url);
  const prefix = newPrefix();
  const counts: Record<Outcome, number> = { ok: 0, FAILED: 0, unsupported: 0 };
  for (const testCase of CASES.filter(({ id }) => id.startsWith(start))) {
    const error = await runCase(testCase, registry, prefix).then(() => null, (error) => error);
    const outcome = outcomeOf(error);
    counts[outcome]++;
    console.log(`${outcome.padEnd(12)}${testCase.id}: ${testCase.name}`);
    if (error !== null) console.log(indent(error instanceof Error ? error.message : `${error}`));
  }
  const { ok, FAILED: failed, unsupported } = counts;
  console.log(`\n${ok} ok, ${failed} failed, ${unsupported} unsupported`);
  return failed === 0 ? 0 : 1;
}

function outcomeOf(error: unknown): Outcome {
  if (error === null) return "ok";
  return error instanceof Unsupported ? "unsupported" : "FAILED";
}

function indent(text: string): string {
  return text.trim().replaceAll(/^/gm, " ".repeat(12));
}

if (import.meta.main) Deno.exit(await main(Deno.args));
