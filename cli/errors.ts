/**
 * How a command ends when it does not succeed.
 *
 * @module
 */

/** Exit codes of every command. */
export const EXIT = {
  done: 0,
  /** It failed, or found problems. */
  failed: 1,
  misused: 2,
  interrupted: 130,
} as const;

/** The command line asks for something that cannot be understood. Exit code 2, with the usage on stderr. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
