/**
 * Programs that are measured or measure.
 *
 * @module
 */

/** Longest run of one client program, in milliseconds. */
const COMMAND_TIMEOUT_MS = 300_000;

/**
 * Runs a program to its end and returns what it wrote to stdout. Throws, with the end of its stderr, when it exits
 * with another code than 0 or runs for more than five minutes.
 */
export async function runCommand(program: string, args: readonly string[]): Promise<string> {
  const output = await new Deno.Command(program, {
    args: [...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(COMMAND_TIMEOUT_MS),
  }).output();
  const decoder = new TextDecoder();
  const stdout = decoder.decode(output.stdout);
  if (output.success) return stdout;
  const told = decoder.decode(output.stderr).slice(-500);
  throw new Error(`${program} ${args.join(" ")} failed (${output.signal ?? output.code}): ${told}`);
}

/** Waits until all is on disk: what one program left to be written must not be written at the cost of the next. */
export async function settle(): Promise<void> {
  await runCommand("sync", []);
}
