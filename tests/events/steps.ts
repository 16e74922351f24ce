/**
 * Requests that berth and distribution are sent alike, each under a name of its own.
 *
 * @module
 */

import type { Event } from "../../registry/events.ts";
import { type Content, makeImage, makeIndex, makeLayer, MEDIA_TYPES, noise } from "../images.ts";
import { type Answer, RegistryClient, type RequestOptions, withDigest } from "../push.ts";

const LAYER = makeLayer("docker", "gzip", [{ path: "file", content: noise(1, 100) }]);
const IMAGE = makeImage("docker", "amd64", [LAYER]);
const LIST = makeIndex("docker", [IMAGE]);
const MANIFEST = IMAGE.manifest.digest;
const ACCEPT = Object.values(MEDIA_TYPES.docker).join(", ");

/** Sends a request whose user agent is the name of its step, by which its events are found again. */
class Client {
  readonly #registry: RegistryClient;

  constructor(url: string) {
    this.#registry = new RegistryClient(url);
  }

  send(step: string, method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
    const headers = { Accept: ACCEPT, ...options.headers, "User-Agent": step };
    return this.#registry.send(method, path, { ...options, headers });
  }

  async pushBlob(step: string, name: string, { bytes, digest }: Content): Promise<void> {
    const begun = await this.send(step, "POST", `/v2/${name}/blobs/uploads/`);
    const headers = { "Content-Type": "application/octet-stream" };
    const location = withDigest(begun.headers.get("Location") ?? "", digest);
    await this.send(step, "PUT", location, { headers, body: bytes });
  }

  async put(step: string, path: string, { mediaType, bytes }: Content): Promise<void> {
    await this.send(step, "PUT", path, { headers: { "Content-Type": mediaType }, body: bytes });
  }
}

/** The name of the last step, whose event comes after all others. */
export const LAST_STEP = "the last push";

/** Sends them all. */
export async function runSteps(url: string): Promise<void> {
  const client = new Client(url);
  await client.pushBlob("push a layer", "a/b", LAYER);
  await client.pushBlob("push a config", "a/b", IMAGE.config);
  await client.put("push by tag", "/v2/a/b/manifests/v1", IMAGE.manifest);
  await client.put("push by digest", `/v2/a/b/manifests/${MANIFEST}`, IMAGE.manifest);
  await client.put("push a list", "/v2/a/b/manifests/list", LIST.manifest);
  await client.put("push what is refused", "/v2/c/d/manifests/v1", IMAGE.manifest);
  for (const [step, method, path, headers] of REQUESTS) {
    await client.send(step, method, path, { headers: headers ?? {} });
  }
  await client.pushBlob(LAST_STEP, "z", LAYER);
}

const OLD_CLIENT = { Accept: MEDIA_TYPES.docker.manifest };

const REQUESTS: readonly (readonly [
  step: string,
  method: string,
  path: string,
  headers?: Readonly<Record<string, string>>,
])[] = [
  ["mount", "POST", `/v2/c/d/blobs/uploads/?mount=${LAYER.digest}&from=a/b`],
  ["mount from itself", "POST", `/v2/a/b/blobs/uploads/?mount=${LAYER.digest}&from=a/b`],
  ["mount from nowhere", "POST", `/v2/c/d/blobs/uploads/?mount=${LAYER.digest}&from=x/y`],
  ["get a tag", "GET", "/v2/a/b/manifests/v1"],
  ["get a digest", "GET", `/v2/a/b/manifests/${MANIFEST}`],
  ["head a tag", "HEAD", "/v2/a/b/manifests/v1"],
  ["head a digest", "HEAD", `/v2/a/b/manifests/${MANIFEST}`],
  ["get a list", "GET", "/v2/a/b/manifests/list"],
  ["get the child of a list", "GET", "/v2/a/b/manifests/list", OLD_CLIENT],
  ["get what is known", "GET", "/v2/a/b/manifests/v1", { "If-None-Match": `"${MANIFEST}"` }],
  ["get what is not there", "GET", "/v2/a/b/manifests/v9"],
  ["get a blob", "GET", `/v2/a/b/blobs/${LAYER.digest}`],
  ["head a blob", "HEAD", `/v2/a/b/blobs/${LAYER.digest}`],
  ["get some bytes", "GET", `/v2/a/b/blobs/${LAYER.digest}`, { Range: "bytes=0-9" }],
  ["get a known blob", "GET", `/v2/a/b/blobs/${LAYER.digest}`, {
    "If-None-Match": `"${LAYER.digest}"`,
  }],
  ["list tags", "GET", "/v2/a/b/tags/list"],
  ["delete a tag", "DELETE", "/v2/a/b/manifests/list"],
  ["delete a manifest", "DELETE", `/v2/a/b/manifests/${MANIFEST}`],
  ["delete a blob", "DELETE", `/v2/a/b/blobs/${LAYER.digest}`],
  ["delete what is not there", "DELETE", `/v2/a/b/blobs/${LAYER.digest}`],
];

/** One request's events, without what differs from one run to the next. */
export type StepEvents = readonly [step: string, ...events: readonly unknown[]];

/** Sorts events by their steps. */
export function byStep(events: readonly Event[], url: string): readonly StepEvents[] {
  const steps = new Map<string, unknown[]>();
  for (const { action, target, request, actor } of events) {
    const own = steps.get(request.useragent) ?? [];
    const { method, host } = request;
    const seen = { action, target, request: { method, host }, actor };
    own.push(JSON.parse(JSON.stringify(seen).replaceAll(new URL(url).host, "registry")));
    steps.set(request.useragent, own);
  }
  return [...steps].map(([step, own]) => [step, ...own]);
}
