/**
 * A registry in memory for tests, which asks it without a socket. Whatever is asked, each answer is checked for what
 * every answer must be.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { type Digest, type DigestAlgorithm, digestBytes } from "../storage/digest.ts";
import type { StorageDriver, StoragePath } from "../storage/driver.ts";
import { MemoryDriver } from "../storage/memory.ts";
import { openStore, type Store } from "../storage/store.ts";
import { type App, type AppServices, createApp } from "./app.ts";
import type { RegistrySettings } from "./context.ts";
import { type ErrorEntry, ERRORS, type RegistryError } from "./errors.ts";
import { DOCKER_INDEX, OCI_IMAGE, OCI_INDEX } from "./media_types.ts";
import { toResponse } from "./respond.ts";

/** The settings of `berth serve` when nothing is said. */
const SETTINGS: RegistrySettings = {
  isDeleteEnabled: true,
  isReadOnly: false,
  catalogEntriesMax: 1000,
  tagsEntriesMax: 1000,
};

/** A request. The path goes to the app as it is written, unlike through `new URL`. */
export interface Ask {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;
}

/** An answer that was read to its end. */
export interface ReadAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly text: string;
  /** What the body says went wrong; empty for an answer below 400 and for HEAD. */
  readonly errors: readonly ErrorEntry[];
  header(name: string): string | null;
  /** The body as JSON. */
  json(): unknown;
}

/** A registry, and what it works on. */
export interface TestRegistry {
  readonly driver: StorageDriver;
  readonly store: Store;
  /** What was reported to the operator, of 500 and above. */
  readonly reports: readonly RegistryError[];
  send(method: string, path: string, ask?: Ask): Promise<ReadAnswer>;
}

/** Opens a registry over a driver, an empty one in memory unless given, open to everybody unless said otherwise. */
export function openRegistry(
  settings: Partial<RegistrySettings> = {},
  driver: StorageDriver = new MemoryDriver(),
  services: Pick<AppServices, "authorizer" | "routes" | "events"> = {},
): TestRegistry {
  const reports: RegistryError[] = [];
  const store = openStore(driver);
  const app = createApp({
    store,
    settings: { ...SETTINGS, ...settings },
    report: (error) => {
      if (error.status >= 500) reports.push(error);
    },
    ...services,
  });
  return {
    driver,
    store,
    reports,
    send: (method, path, ask = {}) => sendTo(app, method, path, ask),
  };
}

/** A request as `Deno.serve` makes it: with the target of the request line as it came, and any method. */
function requestOf(method: string, path: string, { headers = {}, body }: Ask): Request {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const length = bytes instanceof Uint8Array ? { "Content-Length": String(bytes.length) } : {};
  const hasBody = bytes !== undefined;
  const request = new Request("http://registry.test/", {
    method: hasBody ? "POST" : "GET",
    headers: { ...length, ...headers },
    ...(hasBody ? { body: bytes } : {}),
  });
  Object.defineProperty(request, "url", { value: `http://registry.test${path}` });
  Object.defineProperty(request, "method", { value: method });
  return request;
}

async function sendTo(app: App, method: string, path: string, ask: Ask): Promise<ReadAnswer> {
  const response = toResponse(await app(requestOf(method, path, ask)));
  const hasBody = response.body !== null;
  const bytes = new Uint8Array(await response.arrayBuffer());
  const text = new TextDecoder().decode(bytes);
  const { status, headers } = response;
  const line = `${method} ${path.slice(0, 200)}: ${status}`;
  assertEquals(headers.get("Docker-Distribution-API-Version"), "registry/2.0", line);
  assertEquals(headers.get("X-Content-Type-Options"), "nosniff", line);
  const isBodiless = method === "HEAD" || status === 204 || status === 304;
  if (isBodiless) assertEquals(hasBody, false, line);
  else assertEquals(headers.get("Content-Length"), String(bytes.length), line);
  const errors = status >= 400 && !isBodiless ? errorsOf(headers, text, line) : [];
  return {
    status,
    headers,
    bytes,
    text,
    errors,
    header: (name) => headers.get(name),
    json: () => JSON.parse(text),
  };
}

/** Reads an error body (OCI distribution spec, "Error codes"). */
function errorsOf(headers: Headers, text: string, line: string): readonly ErrorEntry[] {
  assertEquals(headers.get("Content-Type"), "application/json; charset=utf-8", line);
  const { errors } = JSON.parse(text) as { errors: readonly ErrorEntry[] };
  assertEquals(errors.length > 0, true, line);
  for (const { code, message } of errors) {
    assertEquals(Object.hasOwn(ERRORS, code), true, line);
    assertMatch(message, /\S/, line);
  }
  return errors;
}

/** Checks the status of an answer, and the code of its first error: `null` for none. */
export function assertAnswer(
  answer: ReadAnswer,
  status: number,
  code: ErrorEntry["code"] | null = null,
  hint = "",
): void {
  assertEquals([answer.status, answer.errors[0]?.code ?? null], [status, code], hint);
}

/** The bytes of a text, or those of a value as JSON. */
export function bytesOf(content: unknown): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(typeof content === "string" ? content : JSON.stringify(content));
}

/** The digest of a text, or of a value as JSON. */
export function digestOf(content: unknown, algorithm: DigestAlgorithm = "sha256"): Digest {
  return digestBytes(bytesOf(content), algorithm);
}

/** A body that ends with an error after some bytes, as when the client goes away. */
export function brokenBody(start: string): ReadableStream<Uint8Array> {
  let isStarted = false;
  return new ReadableStream({
    pull(controller): void {
      if (isStarted) controller.error(new Error("the connection was reset"));
      else controller.enqueue(bytesOf(start));
      isStarted = true;
    },
  });
}

/** Pushes a blob with one request and returns its digest. */
export async function pushBlob(
  registry: TestRegistry,
  name: string,
  content: string | Uint8Array<ArrayBuffer>,
  algorithm: DigestAlgorithm = "sha256",
): Promise<Digest> {
  const bytes = typeof content === "string" ? bytesOf(content) : content;
  const digest = digestBytes(bytes, algorithm);
  const answer = await registry.send("POST", `/v2/${name}/blobs/uploads/?digest=${digest}`, {
    body: bytes,
  });
  assertAnswer(answer, 201);
  return digest;
}

/** Begins an upload and returns its location. */
export async function startUpload(registry: TestRegistry, name: string): Promise<string> {
  const answer = await registry.send("POST", `/v2/${name}/blobs/uploads/`);
  assertAnswer(answer, 202);
  return answer.header("Location") ?? "";
}

/** A document of a manifest, before it is written. */
export type Document = Readonly<Record<string, unknown>>;

const CONFIG_TYPE = "application/vnd.oci.image.config.v1+json";
const LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar+gzip";

/** An OCI image whose config and only layer are two texts. */
export function imageOf(config: string, layer: string, changes: Document = {}): Document {
  return {
    schemaVersion: 2,
    mediaType: OCI_IMAGE,
    config: { mediaType: CONFIG_TYPE, digest: digestOf(config), size: config.length },
    layers: [{ mediaType: LAYER_TYPE, digest: digestOf(layer), size: layer.length }],
    ...changes,
  };
}

/** An OCI index, or a Docker manifest list, of documents that were pushed. */
export function indexOf(
  children: readonly { readonly document: Document; readonly platform?: Document }[],
  mediaType: typeof OCI_INDEX | typeof DOCKER_INDEX = OCI_INDEX,
): Document {
  const manifests = children.map(({ document, platform }) => ({
    mediaType: document.mediaType,
    digest: digestOf(document),
    size: bytesOf(document).length,
    ...(platform === undefined ? {} : { platform }),
  }));
  return { schemaVersion: 2, mediaType, manifests };
}

/** Puts a document under a tag or digest, with its own media type. */
export function putManifest(
  registry: TestRegistry,
  name: string,
  reference: string,
  document: Document,
  headers: Readonly<Record<string, string>> = {},
): Promise<ReadAnswer> {
  return registry.send("PUT", `/v2/${name}/manifests/${reference}`, {
    headers: { "Content-Type": String(document.mediaType), ...headers },
    body: bytesOf(document),
  });
}

/** Pushes an image with its blobs, and returns its document. `seed` makes one image differ from another. */
export async function pushImage(
  registry: TestRegistry,
  name: string,
  reference: string,
  seed = "",
  changes: Document = {},
): Promise<Document> {
  await pushBlob(registry, name, `config${seed}`);
  await pushBlob(registry, name, `layer${seed}`);
  const document = imageOf(`config${seed}`, `layer${seed}`, changes);
  assertAnswer(await putManifest(registry, name, reference, document), 201);
  return document;
}

/** Every file of a store, in no particular order. Locks are not files of every driver, and left out. */
export async function filesOf(driver: StorageDriver): Promise<readonly string[]> {
  const files: string[] = [];
  const walk = async (path: string): Promise<void> => {
    for (const name of await driver.list(path as StoragePath)) {
      const below = `${path}/${name}`;
      const info = await driver.stat(below as StoragePath);
      if (info?.isDirectory === true) await walk(below);
      else if (!below.includes("/_gate/")) files.push(below);
    }
  };
  await walk("docker");
  return files;
}

/** An upload that nobody has begun. */
export const UNKNOWN_UPLOAD = "00000000-0000-4000-8000-000000000000";

/** A path of the route table with its placeholders filled in. */
export function pathOf(
  template: string,
  name = "test/app",
  reference: string = digestOf("nothing of the kind"),
): string {
  return template.replace("<name>", name)
    .replace("<id>", UNKNOWN_UPLOAD)
    .replace("<reference>", reference)
    .replace("<digest>", reference);
}
