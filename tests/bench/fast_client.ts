/**
 * A client of the registry protocol that spends little on itself, and makes the requests that Docker and skopeo make.
 *
 * @module
 */

import { type Content, describe, makeContent, makeDocument, MEDIA_TYPES } from "../images.ts";
import { ACCEPT_MANIFESTS, withDigest } from "../push.ts";
import { headerOf, type HttpAnswer, HttpConnection, type HttpRequest } from "./http_connection.ts";

const OCTETS = { "Content-Type": "application/octet-stream" };

/** One client on one connection. Methods throw on any status but the one that is expected. */
export class FastClient {
  readonly #connection: HttpConnection;

  private constructor(connection: HttpConnection) {
    this.#connection = connection;
  }

  /** Connects to `host:port`. */
  static async open(host: string): Promise<FastClient> {
    return new FastClient(await HttpConnection.open(host));
  }

  /** Runs a function with so many clients, and closes their connections. */
  static async with<T>(
    host: string,
    count: number,
    body: (clients: readonly FastClient[]) => Promise<T>,
  ): Promise<T> {
    const clients: FastClient[] = [];
    try {
      while (clients.length < count) clients.push(await FastClient.open(host));
      return await body(clients);
    } finally {
      for (const client of clients) client.close();
    }
  }

  close(): void {
    this.#connection.close();
  }

  /** Sends one request and throws unless the answer has the status. */
  async expect(status: number, request: HttpRequest): Promise<HttpAnswer> {
    const answer = await this.#connection.request(request);
    if (answer.status === status) return answer;
    const text = new TextDecoder().decode(answer.body.subarray(0, 500));
    throw new Error(
      `${request.method} ${request.path} gave ${answer.status}, not ${status}: ${text}`,
    );
  }

  /** Pulls a manifest by its tag, and one blob. */
  async pull(repository: string, tag: string, blob: string): Promise<void> {
    const manifest = `/v2/${repository}/manifests/${tag}`;
    await this.expect(200, {
      method: "GET",
      path: manifest,
      headers: { Accept: ACCEPT_MANIFESTS },
    });
    await this.expect(200, { method: "GET", path: `/v2/${repository}/blobs/${blob}` });
  }

  /** Pushes a blob that the server does not have: it is asked for, and sent with POST, PATCH and PUT. */
  async pushBlob(repository: string, { digest, bytes }: Content): Promise<void> {
    await this.expect(404, { method: "HEAD", path: `/v2/${repository}/blobs/${digest}` });
    const begun = await this.expect(202, {
      method: "POST",
      path: `/v2/${repository}/blobs/uploads/`,
    });
    const upload = locationOf(begun);
    const patched = await this.expect(202, {
      method: "PATCH",
      path: upload,
      headers: OCTETS,
      body: bytes,
    });
    const close = withDigest(locationOf(patched), digest);
    await this.expect(201, { method: "PUT", path: close, headers: OCTETS, body: new Uint8Array() });
  }

  /** Pushes a manifest under a tag. */
  async pushManifest(repository: string, manifest: Content, tag: string): Promise<void> {
    await this.expect(201, {
      method: "PUT",
      path: `/v2/${repository}/manifests/${tag}`,
      headers: { "Content-Type": manifest.mediaType },
      body: manifest.bytes,
    });
  }
}

/** A layer that no server has seen. */
export function newLayer(sizeBytes: number): Content {
  return makeContent(MEDIA_TYPES.oci.gzip, crypto.getRandomValues(new Uint8Array(sizeBytes)));
}

/** The manifest of a config and layers, whose bytes nobody looks into. */
export function manifestFor(config: Content, layers: readonly Content[]): Content {
  return makeDocument(MEDIA_TYPES.oci.manifest, {
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.oci.manifest,
    config: describe(config),
    layers: layers.map(describe),
  });
}

/** Where an upload goes on; servers give a path or a URL. */
function locationOf({ head }: HttpAnswer): string {
  const location = headerOf(head, "location");
  if (location === null) throw new Error("An answer has no Location header");
  const { pathname, search } = new URL(location, "http://127.0.0.1");
  return `${pathname}${search}`;
}
