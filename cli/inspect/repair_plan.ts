/**
 * Shows what a repair would do, and asks.
 *
 * @module
 */

import { ANSWER_BYTES_MAX } from "../../storage/limits.ts";
import { formatCount, printable } from "../format.ts";
import type { Repairable } from "./repair.ts";

/** The plan of a repair, in words. */
export function* planLines(problems: readonly Repairable[]): Generator<string> {
  yield `To repair, ${formatCount(problems.length, "step")}:`;
  for (const { path, repair } of problems) {
    const goal = repair.kind === "restore tag" ? ` to ${repair.digest}` : "";
    yield `  ${repair.kind}${goal}  ${printable(path)}`;
  }
}

/** Asks on the terminal whether to go on. Without a terminal the answer is no, and why is said. */
export function agree(steps: number): boolean {
  if (!Deno.stdin.isTerminal()) {
    say("Nothing was repaired: there is no terminal to ask on; pass --yes\n");
    return false;
  }
  say(`Carry out ${formatCount(steps, "step")}? [y/N] `);
  const buffer = new Uint8Array(ANSWER_BYTES_MAX);
  const length = Deno.stdin.readSync(buffer) ?? 0;
  const answer = new TextDecoder().decode(buffer.subarray(0, length)).trim().toLowerCase();
  return answer === "y" || answer === "yes";
}

function say(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(text));
}
