/**
 * Pushes to a server that is nothing but `Deno.serve`.
 *
 * @module
 */

import { appendStream } from "../../storage/append_stream.ts";
import { CANONICAL_ALGORITHM, mustParseDigest, RunningDigest } from "../../storage/digest.ts";
import type { StorageWriter } from "../../storage/driver.ts";
import { blobData, blobDirectory } from "../../storage/layout.ts";

/**
 * Answers what curl sends to push a blob, below a directory: takes the body, hashes and writes it as berth does, and
 * neither compares digests nor waits for the disk. Throws what the system says.
 */
export async function answerUpload(root: string, request: Request): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  if (request.method === "POST") {
    return new Response(null, {
      status: 202,
      headers: { Location: pathname + crypto.randomUUID() },
    });
  }
  const data = `${root}/${pathname.slice(pathname.lastIndexOf("/") + 1)}`;
  if (request.method === "PATCH") {
    using file = await Deno.open(data, { write: true, createNew: true });
    const length = request.headers.get("Content-Length");
    const running = new RunningDigest(CANONICAL_ALGORITHM);
    await appendStream(new PlainWriter(file), running, request.body, {
      lengthBytes: length === null ? null : Number(length),
    });
    running.current();
    return new Response(null, { status: 202, headers: { Location: pathname } });
  }
  const digest = mustParseDigest(searchParams.get("digest") ?? "");
  await Deno.mkdir(`${root}/${blobDirectory(digest)}`, { recursive: true });
  await Deno.rename(data, `${root}/${blobData(digest)}`);
  return new Response(null, { status: 201 });
}

/** Writes to a file, and leaves the rest to the system. */
class PlainWriter implements StorageWriter {
  size = 0;
  readonly #file: Deno.FsFile;

  constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  async write(chunk: Uint8Array): Promise<void> {
    for (let offset = 0; offset < chunk.length;) {
      offset += await this.#file.write(chunk.subarray(offset));
    }
    this.size += chunk.length;
  }

  sync(): Promise<void> {
    return Promise.resolve();
  }

  settle(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {}
}
