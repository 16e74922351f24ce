/**
 * Tags that keep what they were first given.
 *
 * @module
 */

import type { Digest } from "../storage/digest.ts";
import { globPattern } from "../storage/glob.ts";
import type { RepositoryName, Tag } from "../storage/names.ts";
import type { RequestContext } from "./context.ts";
import { RegistryError } from "./errors.ts";

/** Whether a tag of a repository keeps what it names. */
export type TagTest = (name: RepositoryName, tag: Tag) => boolean;

/**
 * Reads the patterns of `tags.immutable`: `TAGS` for every repository, or `REPOSITORIES:TAGS`, with `*` and `**` as in
 * access rules. `v*` and `release/**:*` are such patterns.
 */
export function immutableTags(patterns: readonly string[]): TagTest {
  const tests = patterns.map((pattern) => {
    const colon = pattern.indexOf(":");
    return {
      names: globPattern(colon < 0 ? "**" : pattern.slice(0, colon)),
      tags: globPattern(pattern.slice(colon + 1)),
    };
  });
  return (name, tag) => tests.some(({ names, tags }) => tags.test(tag) && names.test(name));
}

/** Those of the tags that keep what they name. */
export function immutableOf(
  { name, settings: { isTagImmutable } }: RequestContext,
  tags: readonly Tag[],
): readonly Tag[] {
  return isTagImmutable === undefined ? [] : tags.filter((tag) => isTagImmutable(name, tag));
}

/** Throws `DENIED` when one of the tags names another manifest already. */
export async function requireUntaken(
  { name, store }: RequestContext,
  tags: readonly Tag[],
  digest: Digest,
): Promise<void> {
  for (const tag of tags) {
    const current = await store.tags.resolve(name, tag);
    if (current !== null && current !== digest) throw tagImmutable(tag);
  }
}

/**
 * The refusal. 403 and not 409: no repetition of the request can succeed, and clients take `DENIED` for final, whereas
 * a conflict asks to be resolved.
 */
export function tagImmutable(tag: Tag): RegistryError {
  return new RegistryError("DENIED", {
    message: `the tag "${tag}" is immutable; push under another tag`,
    detail: { tag },
  });
}
