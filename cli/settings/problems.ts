/**
 * What is wrong with a configuration, and what is said of it without being wrong.
 *
 * @module
 */

/** One thing that is wrong, or worth a line. */
export interface Remark {
  /** Where it stands: `config.yml:12`, `REGISTRY_HTTP_ADDR`, `--addr`. */
  readonly from: string;
  /** The key; `""` for the whole. */
  readonly path: string;
  readonly what: string;
}

/** A remark as one line. */
export function remarkLine({ from, path, what }: Remark): string {
  return [from, path, what].filter((part) => part !== "").join(": ");
}

/** A configuration that cannot be used. Exit code 2, with a line for each problem on stderr. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";

  constructor(readonly problems: readonly Remark[]) {
    super(problems.map(remarkLine).join("\n"));
  }

  /** Whether the command line is to blame. */
  get isOfFlag(): boolean {
    return this.problems.some(({ from }) => from.startsWith("--"));
  }
}
