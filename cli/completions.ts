/**
 * `berth completions`: what makes a shell complete commands, flags and their values.
 *
 * @module
 */

import type { Command, CommandArgs } from "./command.ts";
import { loadCommands } from "./commands.ts";
import { bashCompletions } from "./completions/bash.ts";
import { fishCompletions } from "./completions/fish.ts";
import { zshCompletions } from "./completions/zsh.ts";
import { EXIT, UsageError } from "./errors.ts";

/** The shells, and how each is told. */
const SHELLS: Readonly<Record<string, (commands: readonly Command[]) => string>> = {
  bash: bashCompletions,
  zsh: zshCompletions,
  fish: fishCompletions,
};

const KNOWN = Object.keys(SHELLS);

/** The command, for the table of commands. */
export const completionsCommand: Command = {
  name: "completions",
  summary: "Print a script that makes a shell complete the commands and flags of berth.",
  operands: KNOWN.join("|"),
  operandsMax: 1,
  flags: [],
  examples: [
    ["berth completions bash > /etc/bash_completion.d/berth", "for every user of bash"],
    ['berth completions zsh > "${fpath[1]}/_berth"', "for zsh, from its next start"],
    [
      "berth completions fish > ~/.config/fish/completions/berth.fish",
      "for fish, from its next start",
    ],
  ],
  run: completions,
};

async function completions(args: CommandArgs): Promise<number> {
  const [shell = ""] = args.operands;
  const write = Object.hasOwn(SHELLS, shell) ? SHELLS[shell] : undefined;
  if (write === undefined) {
    const what = shell === "" ? "Missing the shell" : `Cannot complete for "${shell}"`;
    throw new UsageError(`${what}: expected one of ${KNOWN.join(", ")}`);
  }
  console.log(write(await loadCommands()).trimEnd());
  return EXIT.done;
}
