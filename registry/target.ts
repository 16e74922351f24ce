/**
 * What the URL of a request names.
 *
 * @module
 */

import { BoundedMap } from "../storage/bounded_map.ts";
import { TARGET_CHARACTERS_MAX, TARGETS_MAX } from "../storage/limits.ts";
import { parseRepositoryName, type RepositoryName } from "../storage/names.ts";
import { RegistryError } from "./errors.ts";
import type { RouteMatch, Router } from "./route.ts";
import { pathBelow } from "./urls.ts";

/** A URL that was understood. */
export interface Target extends RouteMatch {
  /** The repository; `null` where the path has none, or a malformed one. */
  readonly repository: RepositoryName | null;
  /** For reading only: a later request for the same URL is given the same. */
  readonly query: URLSearchParams;
}

/** Reads URLs, and remembers what the latest of them named: clients ask for the same things over and over. */
export class Targets {
  readonly #router: Router;
  readonly #prefix: string;
  readonly #targets = new BoundedMap<string, Target>(TARGETS_MAX);

  /** `prefix` is what paths have before `/v2/` (see `urls.ts`). */
  constructor(router: Router, prefix: string) {
    this.#router = router;
    this.#prefix = prefix;
  }

  /** What a URL names; throws `UNSUPPORTED` with 404 when that is nothing. */
  of(url: string): Target {
    const known = this.#targets.get(url);
    if (known !== undefined) return known;
    const target = this.#read(url);
    if (url.length <= TARGET_CHARACTERS_MAX) this.#targets.set(url, target);
    return target;
  }

  #read(url: string): Target {
    const { path, search } = splitUrl(url);
    const below = pathBelow(this.#prefix, decodePath(path));
    const match = below === null ? null : this.#router.match(below);
    if (match === null) throw notFound(path, this.#prefix);
    return {
      ...match,
      repository: parseRepositoryName(match.name),
      query: new URLSearchParams(search),
    };
  }
}

/**
 * Takes a URL apart by hand: `new URL` would resolve `..`, and its encoded forms, before anybody has looked. Deno
 * hands the request target through as it came.
 */
function splitUrl(url: string): { path: string; search: string } {
  const start = url.indexOf("/", url.indexOf("://") + "://".length);
  const target = start < 0 ? "/" : url.slice(start);
  const [beforeFragment = ""] = target.split("#", 1);
  const question = beforeFragment.indexOf("?");
  if (question < 0) return { path: beforeFragment, search: "" };
  return { path: beforeFragment.slice(0, question), search: beforeFragment.slice(question + 1) };
}

function decodePath(path: string): string {
  if (!path.includes("%")) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    throw notFound(path);
  }
}

function notFound(path: string, prefix = "/"): RegistryError {
  return new RegistryError("UNSUPPORTED", {
    status: 404,
    message: `there is nothing at this path; the API begins at ${prefix}v2/`,
    detail: { path: path.slice(0, 300) },
  });
}
