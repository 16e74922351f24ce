/**
 * Every question that a store can answer, and the answers of a server.
 *
 * @module
 */

import { ACCEPT_MANIFESTS, type RegistryClient } from "../push.ts";
import { digestBytes } from "../../storage/digest.ts";
import type { Tree } from "./tree.ts";

/** What two servers must say alike about one path. */
export interface ComparedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | null>>;
  /** Digest of the body; for a list of tags, the tags in order. */
  readonly body: string;
}

/** Headers that tell a client what it got. */
const COMPARED_HEADERS = ["Content-Type", "Content-Length", "Docker-Content-Digest", "ETag"];

/** Which file stands for which path of the API. */
const PATHS: readonly (readonly [file: RegExp, path: string])[] = [
  [/^repositories\/(.+)\/_manifests\/tags\/([^/]+)\/current\/link$/, "/v2/$1/manifests/$2"],
  [/^repositories\/(.+)\/_manifests\/tags\/[^/]+\/current\/link$/, "/v2/$1/tags/list"],
  [/^repositories\/(.+)\/_manifests\/revisions\/(.+)\/(.+)\/link$/, "/v2/$1/manifests/$2:$3"],
  [/^repositories\/(.+)\/_layers\/(.+)\/(.+)\/link$/, "/v2/$1/blobs/$2:$3"],
];

/** The paths of the API under which the manifests, blobs and tags of a store are found. */
export function pathsOf(tree: Tree): string[] {
  const paths = [...tree.keys()].flatMap((file) =>
    PATHS.filter(([pattern]) => pattern.test(file)).map(([pattern, path]) =>
      file.replace(pattern, path)
    )
  );
  return [...new Set(paths)].sort();
}

/** What a server answers to GET and HEAD of each path. */
export async function answersTo(
  registry: RegistryClient,
  paths: readonly string[],
): Promise<Record<string, ComparedAnswer>> {
  const answers: Record<string, ComparedAnswer> = {};
  for (const path of paths) {
    // Distribution lists tags in no order and registers no HEAD for the list.
    if (path.endsWith("/tags/list")) {
      const [, repository] = /^\/v2\/(.+)\/tags\/list$/.exec(path) ?? [];
      const tags = await registry.tags(repository ?? "");
      answers[path] = { status: 200, headers: {}, body: tags.join(" ") };
      continue;
    }
    for (const method of ["GET", "HEAD"]) {
      answers[`${method} ${path}`] = await compared(registry, method, path);
    }
  }
  return answers;
}

async function compared(
  registry: RegistryClient,
  method: string,
  path: string,
): Promise<ComparedAnswer> {
  const answer = await registry.send(method, path, { headers: { Accept: ACCEPT_MANIFESTS } });
  const headers = COMPARED_HEADERS.map((name) => [name, answer.headers.get(name)] as const);
  return {
    status: answer.status,
    headers: Object.fromEntries(headers),
    body: digestBytes(answer.body, "sha256"),
  };
}
