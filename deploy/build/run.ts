/**
 * Runs the programs that a build needs.
 *
 * @module
 */

/** A build could not be made; the message says what failed and what to do. */
export class BuildError extends Error {
  override readonly name = "BuildError";
}

/** Runs a program to its end; the result is what it printed. Throws a {@linkcode BuildError} with what it complained. */
export async function run(
  command: string,
  args: readonly string[],
  cwd: string,
): Promise<string> {
  const decoder = new TextDecoder();
  try {
    const { code, stdout, stderr } = await new Deno.Command(command, { args: [...args], cwd })
      .output();
    if (code === 0) return decoder.decode(stdout);
    throw new BuildError(`${command} ${args[0]} failed:\n${decoder.decode(stderr).trimEnd()}`);
  } catch (error) {
    if (error instanceof BuildError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new BuildError(`Cannot run ${command}: ${reason}`, { cause: error });
  }
}

/** Runs the body of a script: a {@linkcode BuildError} is told in one line, and ends it with exit code 1. */
export async function runScript(body: () => Promise<number>): Promise<void> {
  try {
    Deno.exit(await body());
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    console.error(error.message);
    Deno.exit(1);
  }
}
