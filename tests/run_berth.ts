/**
 * Runs programs to their end.
 *
 * @module
 */

import { berthCommand } from "./harness.ts";

/** How a program ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** The working directory. */
  readonly cwd?: string;
  /** What it reads from standard input; nothing unless it is given. */
  readonly stdin?: Uint8Array<ArrayBuffer>;
  /** What runs the command of berth, such as `env -i`; nothing unless it is given. */
  readonly runner?: readonly string[];
}

/** Runs berth to its end. */
export function runBerth(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const { command, args: all } = berthCommand(args, options.runner);
  return runProgram(command, all, options);
}

/** Runs a program to its end. */
export async function runProgram(
  command: string,
  args: readonly string[],
  { env = {}, cwd, stdin }: RunOptions = {},
): Promise<Ended> {
  const child = new Deno.Command(command, {
    args: [...args],
    env: { ...env },
    ...cwd === undefined ? {} : { cwd },
    stdin: stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const fed = stdin === undefined
    ? Promise.resolve()
    : new Blob([stdin]).stream().pipeTo(child.stdin);
  const [output] = await Promise.all([child.output(), fed]);
  const decoder = new TextDecoder();
  return {
    code: output.code,
    stdout: decoder.decode(output.stdout),
    stderr: decoder.decode(output.stderr),
  };
}
