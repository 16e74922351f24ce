/**
 * What the tests ask of skopeo.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { contentsOf, type Index, MEDIA_TYPES, writeLayout } from "../images.ts";
import { writeDirectory } from "./sample.ts";
import { type ClientTest, testClients, type Toolbox } from "./toolbox.ts";

/** Registers a test that needs skopeo alone. */
export function testSkopeo(name: string, body: ClientTest): void {
  testClients(["skopeo"], name, body);
}

/** Copies an image, with plain HTTP on both sides. */
export async function copy(
  tools: Toolbox,
  source: string,
  destination: string,
  ...flags: string[]
): Promise<void> {
  await tools.run("skopeo", ...copyArguments(source, destination, flags));
}

/** Copies an image and returns the requests that skopeo says it made, as `POST /v2/..`. */
export async function requestsOfCopy(
  tools: Toolbox,
  source: string,
  destination: string,
  ...flags: string[]
): Promise<string[]> {
  const args = copyArguments(source, destination, flags);
  const { code, stderr } = await tools.attempt("skopeo", "--debug", ...args);
  assertEquals(code, 0, stderr);
  const lines = stderr.matchAll(/msg="(GET|HEAD|POST|PUT|PATCH|DELETE) http:\/\/[^/]+(\/[^"]*)"/g);
  return Array.from(lines, ([_, method, path]) => `${method} ${path}`);
}

/** Writes an index with all its platforms into a directory and pushes it from there. */
export async function push(tools: Toolbox, index: Index, reference: string): Promise<void> {
  const directory = await Deno.makeTempDir({ dir: tools.directory, prefix: "image-" });
  const isOci = index.manifest.mediaType === MEDIA_TYPES.oci.index;
  if (isOci) await writeLayout(directory, "v1", index.manifest, contentsOf(index));
  else await writeDirectory(directory, index);
  const source = isOci ? `oci:${directory}:v1` : `dir:${directory}`;
  await copy(tools, source, `docker://${reference}`, "--all", "--preserve-digests");
}

/** What `skopeo inspect` prints. */
export function inspect(tools: Toolbox, reference: string, ...flags: string[]): Promise<string> {
  return tools.run("skopeo", "inspect", "--tls-verify=false", ...flags, `docker://${reference}`);
}

/** The tags of a repository in the order of the registry's answer. */
export async function tagsOf(tools: Toolbox, repository: string): Promise<string[]> {
  const address = `docker://${repository}`;
  return JSON.parse(await tools.run("skopeo", "list-tags", "--tls-verify=false", address)).Tags;
}

/** Deletes an image by its tag: skopeo looks up the digest and deletes the manifest. */
export async function deleteImage(tools: Toolbox, reference: string): Promise<void> {
  await tools.run("skopeo", "delete", "--tls-verify=false", `docker://${reference}`);
}

function copyArguments(source: string, destination: string, flags: readonly string[]): string[] {
  const plainHttp = ["--src-tls-verify=false", "--dest-tls-verify=false"];
  return ["copy", ...plainHttp, ...flags, source, destination];
}
