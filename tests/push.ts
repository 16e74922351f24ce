/**
 * Pushes and pulls over HTTP, for tests that need content in a registry and are not about how it got there.
 *
 * @module
 */

import { type Digest, digestBytes, RunningDigest } from "../storage/digest.ts";

/** Throws unless a response has the status; the error says what was asked and what the server told. */
export async function expectStatus(
  response: Response,
  status: number,
  request: string,
): Promise<void> {
  if (response.status === status) return;
  const told = (await response.text()).slice(0, 500);
  throw new Error(`${request} answered ${response.status}, not ${status}: ${told}`);
}

/** The absolute URL in `Location`, which a registry may give without scheme and host. */
export function locationOf(response: Response): URL {
  const location = response.headers.get("location");
  if (location === null) throw new Error(`${response.url} answered without a Location header`);
  return new URL(location, response.url);
}

/** The URL that closes an upload as content with this digest. */
export function closingUrl(location: URL, digest: string): URL {
  const url = new URL(location);
  url.searchParams.set("digest", digest);
  return url;
}

/** Begins an upload and returns where its bytes go. `base` is the server's URL without a trailing slash. */
export async function beginUpload(base: string, repository: string): Promise<URL> {
  const url = `${base}/v2/${repository}/blobs/uploads/`;
  const response = await fetch(url, { method: "POST" });
  await expectStatus(response, 202, `POST ${url}`);
  await response.body?.cancel();
  return locationOf(response);
}

/** Closes an upload, with the bytes that are still missing if there are any. */
export async function closeUpload(
  location: URL,
  digest: Digest,
  content: Uint8Array<ArrayBuffer> | null = null,
): Promise<void> {
  const response = await fetch(closingUrl(location, digest), {
    method: "PUT",
    headers: { "content-type": "application/octet-stream" },
    body: content,
  });
  await expectStatus(response, 201, `PUT ${location.pathname}`);
  await response.body?.cancel();
}

/** Pushes a blob that is in memory with POST and PUT, and returns its digest. */
export async function pushBlob(
  base: string,
  repository: string,
  content: Uint8Array<ArrayBuffer>,
): Promise<Digest> {
  const digest = digestBytes(content, "sha256");
  await closeUpload(await beginUpload(base, repository), digest, content);
  return digest;
}

/** Pushes a manifest under a tag. */
export async function pushManifest(
  base: string,
  repository: string,
  tag: string,
  manifest: { readonly mediaType: string; readonly [key: string]: unknown },
): Promise<void> {
  const url = `${base}/v2/${repository}/manifests/${tag}`;
  const response = await fetch(url, {
    method: "PUT",
    headers: { "content-type": manifest.mediaType },
    body: JSON.stringify(manifest),
  });
  await expectStatus(response, 201, `PUT ${url}`);
  await response.body?.cancel();
}

/** Pulls a blob and returns the digest of the bytes that came, without keeping them. */
export async function pullBlob(base: string, repository: string, digest: Digest): Promise<Digest> {
  const url = `${base}/v2/${repository}/blobs/${digest}`;
  const response = await fetch(url);
  await expectStatus(response, 200, `GET ${url}`);
  const pulled = new RunningDigest("sha256");
  for await (const chunk of response.body ?? []) pulled.update(chunk);
  return pulled.current();
}
