/**
 * Reads configurations that tests write.
 *
 * @module
 */

import { remarkLine, SettingsError } from "./problems.ts";
import { examineSettings, type ReadSettings, type WrittenFlag } from "./read.ts";

/** What is said of a configuration, as lines that call the file `config.yml`. */
export interface Examined extends Omit<ReadSettings, "notices"> {
  readonly problems: readonly string[];
  readonly notices: readonly string[];
}

export interface ExamineOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly flags?: ReadonlyMap<string, WrittenFlag>;
}

/** Runs a function with the path of a file. */
export function withConfig<T>(yaml: string, body: (path: string) => T): T {
  const path = Deno.makeTempFileSync({ prefix: "berth_config_", suffix: ".yml" });
  try {
    Deno.writeTextFileSync(path, yaml);
    return body(path);
  } finally {
    Deno.removeSync(path);
  }
}

/** Reads a configuration, as far as it can be read. */
export function examine(yaml: string, options: ExamineOptions = {}): Examined {
  return withConfig(yaml, (path) => {
    const lines = (remarks: readonly { from: string; path: string; what: string }[]): string[] =>
      remarks.map((remark) => remarkLine(remark).replaceAll(path, "config.yml"));
    const { problems, notices, ...read } = examineSettings({
      path,
      environment: options.environment ?? {},
      flags: options.flags ?? new Map(),
    });
    return { ...read, problems: lines(problems), notices: lines(notices) };
  });
}

/** The one thing that is wrong with a file which cannot be read at all. */
export function unreadable(yaml: string): string {
  return withConfig(yaml, (path) => {
    try {
      examineSettings({ path, environment: {}, flags: new Map() });
    } catch (error) {
      if (error instanceof SettingsError) return error.message.replaceAll(path, "config.yml");
      throw error;
    }
    throw new Error("The file can be read");
  });
}
