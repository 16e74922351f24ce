/**
 * What is built: version, commit, and when that was.
 *
 * @module
 */

import configuration from "../../deno.json" with { type: "json" };
import { BuildError, run } from "./run.ts";
import { REPOSITORY_ROOT } from "./sources.ts";

/** What a build is told apart by. */
export interface BuildFacts {
  readonly version: string;
  /** Abbreviated, with `-dirty` when files differ from it; `unknown` outside of a git repository. */
  readonly commit: string;
  /** When the commit was made, in RFC 3339; the beginning of 1970 outside of a git repository. */
  readonly committedAt: string;
}

/** Asks git. The same commit gives the same facts on every machine. */
export async function readBuildFacts(): Promise<BuildFacts> {
  const { version } = configuration;
  try {
    const commit = await git("describe", "--always", "--dirty", "--abbrev=12", "--exclude=*");
    const seconds = await git("log", "-1", "--format=%ct");
    return { version, commit, committedAt: rfc3339(Number(seconds)) };
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    return { version, commit: "unknown", committedAt: rfc3339(0) };
  }
}

async function git(...args: readonly string[]): Promise<string> {
  return (await run("git", args, REPOSITORY_ROOT)).trim();
}

function rfc3339(seconds: number): string {
  return `${new Date(seconds * 1_000).toISOString().slice(0, 19)}Z`;
}
