/**
 * What is pushed and pulled: the same bytes for every server.
 *
 * @module
 */

import { type Digest, RunningDigest } from "../../storage/digest.ts";
import type { RunningServer } from "../harness.ts";
import {
  beginUpload,
  closeUpload,
  expectStatus,
  pullBlob,
  pushBlob,
  pushManifest,
} from "../push.ts";
import { randomBlocks, randomBytes } from "../random_blocks.ts";

export const REPOSITORY = "bench/app";
export const TAG = "latest";
export const MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";

/** A file that is pushed in one piece. */
export interface LargeFile {
  readonly path: string;
  readonly size: number;
  readonly digest: Digest;
}

/** The bytes of one run. */
export interface Content {
  readonly config: Uint8Array<ArrayBuffer>;
  readonly smallBlob: Uint8Array<ArrayBuffer>;
  /** On every server from the start, to be pulled. */
  readonly large: LargeFile;
}

const encoder = new TextEncoder();

/** Makes the content; the large file is written into the directory. */
export async function makeContent(
  directory: string,
  smallBytes: number,
  largeBytes: number,
): Promise<Content> {
  const path = `${directory}/large`;
  using file = await Deno.open(path, { write: true, createNew: true });
  const digest = new RunningDigest("sha256");
  for (const block of randomBlocks(largeBytes)) {
    digest.update(block);
    for (let done = 0; done < block.length;) done += await file.write(block.subarray(done));
  }
  return {
    config: encoder.encode('{"architecture":"amd64","os":"linux"}'),
    smallBlob: randomBytes(smallBytes),
    large: { path, size: largeBytes, digest: digest.current() },
  };
}

/**
 * Makes the large file differ from all that any server has seen, by new bytes at its start. The same memory and disk
 * serve for every round, and a push stays one of unknown content.
 */
export async function renewLargeFile(large: LargeFile): Promise<LargeFile> {
  using file = await Deno.open(large.path, { read: true, write: true });
  const stamp = crypto.getRandomValues(new Uint8Array(32));
  if (await file.write(stamp) !== stamp.length) throw new Error(`Cannot stamp ${large.path}`);
  await file.seek(0, Deno.SeekMode.Start);
  const digest = new RunningDigest("sha256");
  const buffer = new Uint8Array(1024 * 1024);
  for (let size = await file.read(buffer); size !== null; size = await file.read(buffer)) {
    digest.update(buffer.subarray(0, size));
  }
  return { ...large, digest: digest.current() };
}

/** Puts the content on a server, and pulls it again to see that the server gives the right bytes. */
export async function publishContent(content: Content, server: RunningServer): Promise<void> {
  const config = await pushBlob(server.url, REPOSITORY, content.config);
  const small = await pushBlob(server.url, REPOSITORY, content.smallBlob);
  await pushLargeFile(content.large, server);
  await pushManifest(server.url, REPOSITORY, TAG, {
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    config: {
      mediaType: "application/vnd.oci.image.config.v1+json",
      digest: config,
      size: content.config.length,
    },
    layers: [{
      mediaType: "application/vnd.oci.image.layer.v1.tar+gzip",
      digest: small,
      size: content.smallBlob.length,
    }],
  });
  for (const digest of [config, small, content.large.digest]) {
    const pulled = await pullBlob(server.url, REPOSITORY, digest);
    if (pulled !== digest) throw new Error(`${server.url} gave ${pulled} in place of ${digest}`);
  }
}

async function pushLargeFile(large: LargeFile, server: RunningServer): Promise<void> {
  const location = await beginUpload(server.url, REPOSITORY);
  const file = await Deno.open(large.path);
  const response = await fetch(location, {
    method: "PATCH",
    headers: { "content-type": "application/octet-stream" },
    body: file.readable,
  });
  await expectStatus(response, 202, `PATCH ${location.pathname}`);
  await response.body?.cancel();
  await closeUpload(new URL(response.headers.get("location") ?? "", location), large.digest);
}
