/**
 * Every question that a store can answer, and the answers of a server.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { ACCEPT_MANIFESTS, type RegistryClient } from "../push.ts";
import { digestBytes } from "../../storage/digest.ts";
import type { Tree } from "./tree.ts";

/** Headers that tell a client what it got. */
const COMPARED_HEADERS = ["Content-Type", "Content-Length", "Docker-Content-Digest", "ETag"];

const TAGS_PATH_REGEXP = /^\/v2\/(.+)\/tags\/list$/;

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

/** What a server answers to GET and HEAD of each path: status, the headers above and the digest of the body. */
export async function answersTo(
  registry: RegistryClient,
  paths: readonly string[],
): Promise<Map<string, string>> {
  const answers = new Map<string, string>();
  for (const path of paths) {
    const [, repository] = TAGS_PATH_REGEXP.exec(path) ?? [];
    if (repository !== undefined) {
      // Distribution 2.8 lists tags in no order and does not know HEAD here.
      answers.set(`GET ${path}`, (await registry.tags(repository)).join(" "));
      continue;
    }
    for (const method of ["GET", "HEAD"]) {
      answers.set(`${method} ${path}`, await answerTo(registry, method, path));
    }
  }
  return answers;
}

/** Asserts that two servers gave the same answers, and shows those that differ. */
export function assertSameAnswers(
  actual: ReadonlyMap<string, string>,
  expected: ReadonlyMap<string, string>,
): void {
  const requests = [...new Set([...actual.keys(), ...expected.keys()])];
  const differing = requests.filter((request) => actual.get(request) !== expected.get(request));
  const linesOf = (answers: ReadonlyMap<string, string>): string[] =>
    differing.map((request) => `${request}: ${answers.get(request)}`);
  assertEquals(linesOf(actual), linesOf(expected));
}

async function answerTo(registry: RegistryClient, method: string, path: string): Promise<string> {
  const answer = await registry.send(method, path, { headers: { Accept: ACCEPT_MANIFESTS } });
  const headers = COMPARED_HEADERS.map((name) => `${name}: ${answer.headers.get(name)}`);
  return [answer.status, ...headers, digestBytes(answer.body, "sha256")].join(", ");
}
