/**
 * A small client of the registry protocol: it pushes, reads and deletes, and insists on the status it expects.
 *
 * @module
 */

import { type Digest, RunningDigest } from "../storage/digest.ts";
import { blobsOf, type Content, type Image, type Index, MEDIA_TYPES } from "./images.ts";

/** A whole answer, its body read. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer>;
}

export interface RequestOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer>;
}

/** Every media type of a manifest, as clients list them. */
export const ACCEPT_MANIFESTS = Object.values(MEDIA_TYPES)
  .flatMap((types) => [types.index, types.manifest]).join(", ");

/** A registry at a base URL such as `http://127.0.0.1:5000`. Methods throw on any status but the one of success. */
export class RegistryClient {
  readonly #base: string;

  constructor(base: string) {
    this.#base = base;
  }

  /** Sends one request to a path below the registry, or to a URL that it gave, and reads the whole answer. */
  async send(method: string, location: string, options: RequestOptions = {}): Promise<Answer> {
    const response = await fetch(new URL(location, this.#base), {
      method,
      redirect: "manual",
      headers: { ...options.headers },
      body: options.body ?? null,
    });
    const body = new Uint8Array(await response.arrayBuffer());
    return { status: response.status, headers: response.headers, body };
  }

  /** Sends one request and throws unless the answer has the status. */
  async expect(
    status: number,
    method: string,
    location: string,
    options: RequestOptions = {},
  ): Promise<Answer> {
    const answer = await this.send(method, location, options);
    if (answer.status !== status) {
      const text = new TextDecoder().decode(answer.body);
      throw new Error(`${method} ${location} gave ${answer.status}, not ${status}: ${text}`);
    }
    return answer;
  }

  /** Begins an upload and returns where it goes on. */
  async beginUpload(repository: string): Promise<string> {
    return locationOf(await this.expect(202, "POST", `/v2/${repository}/blobs/uploads/`));
  }

  /** Sends one chunk that begins at an offset and returns where the upload goes on. */
  async sendChunk(
    location: string,
    offset: number,
    chunk: Uint8Array<ArrayBuffer>,
  ): Promise<string> {
    const headers = {
      "Content-Type": "application/octet-stream",
      "Content-Range": `${offset}-${offset + chunk.length - 1}`,
    };
    return locationOf(await this.expect(202, "PATCH", location, { headers, body: chunk }));
  }

  /** Closes an upload; the body, if any, holds the bytes that were not sent before. */
  async closeUpload(
    location: string,
    digest: string,
    body: Uint8Array<ArrayBuffer> = new Uint8Array(),
  ): Promise<void> {
    const headers = { "Content-Type": "application/octet-stream" };
    await this.expect(201, "PUT", withDigest(location, digest), { headers, body });
  }

  /** Pushes a blob with one POST and one PUT. */
  async pushBlob(repository: string, content: Content): Promise<void> {
    await this.closeUpload(await this.beginUpload(repository), content.digest, content.bytes);
  }

  /** Pushes a blob in chunks of a size and closes without a body. */
  async pushBlobInChunks(repository: string, content: Content, chunkBytes: number): Promise<void> {
    let location = await this.beginUpload(repository);
    for (let offset = 0; offset < content.bytes.length; offset += chunkBytes) {
      const chunk = content.bytes.slice(offset, offset + chunkBytes);
      location = await this.sendChunk(location, offset, chunk);
    }
    await this.closeUpload(location, content.digest);
  }

  /** Mounts a blob of another repository. */
  async mountBlob(repository: string, digest: Digest, from: string): Promise<void> {
    const query = new URLSearchParams({ mount: digest, from });
    await this.expect(201, "POST", `/v2/${repository}/blobs/uploads/?${query}`);
  }

  /** Pushes a manifest under a tag, or under its digest when no tag is given. */
  async pushManifest(repository: string, manifest: Content, tag?: string): Promise<void> {
    await this.expect(201, "PUT", `/v2/${repository}/manifests/${tag ?? manifest.digest}`, {
      headers: { "Content-Type": manifest.mediaType },
      body: manifest.bytes,
    });
  }

  /** Pushes the blobs of an image, then its manifest. */
  async pushImage(repository: string, image: Image, tag?: string): Promise<void> {
    for (const blob of blobsOf(image)) await this.pushBlob(repository, blob);
    await this.pushManifest(repository, image.manifest, tag);
  }

  /** Pushes the images of an index by digest, then the index. */
  async pushIndex(repository: string, index: Index, tag?: string): Promise<void> {
    for (const image of index.images) await this.pushImage(repository, image);
    await this.pushManifest(repository, index.manifest, tag);
  }

  /** The bytes of a manifest. */
  async pullManifest(repository: string, reference: string): Promise<Uint8Array<ArrayBuffer>> {
    const headers = { Accept: ACCEPT_MANIFESTS };
    const location = `/v2/${repository}/manifests/${reference}`;
    return (await this.expect(200, "GET", location, { headers })).body;
  }

  /** The bytes of a blob. */
  async pullBlob(repository: string, digest: string): Promise<Uint8Array<ArrayBuffer>> {
    return (await this.expect(200, "GET", `/v2/${repository}/blobs/${digest}`)).body;
  }

  /** Pulls a blob without keeping it, and returns the digest of the bytes that came. */
  async pullDigest(repository: string, digest: Digest): Promise<Digest> {
    const response = await fetch(`${this.#base}/v2/${repository}/blobs/${digest}`);
    const pulled = new RunningDigest("sha256");
    for await (const piece of response.body ?? []) pulled.update(piece);
    if (response.status !== 200) throw new Error(`GET ${response.url} gave ${response.status}`);
    return pulled.current();
  }

  async deleteManifest(repository: string, reference: string): Promise<void> {
    await this.expect(202, "DELETE", `/v2/${repository}/manifests/${reference}`);
  }

  async deleteBlob(repository: string, digest: Digest): Promise<void> {
    await this.expect(202, "DELETE", `/v2/${repository}/blobs/${digest}`);
  }

  /** The digests of the manifests that refer to a subject, sorted. */
  async referrers(repository: string, subject: Digest): Promise<string[]> {
    const { body } = await this.expect(200, "GET", `/v2/${repository}/referrers/${subject}`);
    const { manifests } = JSON.parse(new TextDecoder().decode(body));
    return manifests.map((descriptor: { digest: string }) => descriptor.digest).sort();
  }

  /** The first thousand repositories, sorted. */
  async repositories(): Promise<string[]> {
    const { body } = await this.expect(200, "GET", "/v2/_catalog?n=1000");
    return JSON.parse(new TextDecoder().decode(body)).repositories.toSorted();
  }

  /** The tags of a repository, sorted. */
  async tags(repository: string): Promise<string[]> {
    const { body } = await this.expect(200, "GET", `/v2/${repository}/tags/list`);
    return JSON.parse(new TextDecoder().decode(body)).tags.toSorted();
  }
}

/** The URL that closes an upload under a digest. */
export function withDigest(location: string, digest: string): string {
  return `${location}${location.includes("?") ? "&" : "?"}digest=${encodeURIComponent(digest)}`;
}

function locationOf(answer: Answer): string {
  const location = answer.headers.get("Location");
  if (location === null) throw new Error(`An answer ${answer.status} has no Location header`);
  return location;
}
