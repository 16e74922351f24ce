/**
 * The ceiling of reads and pushes on Deno: `Deno.serve` with the files of a directory and nothing else, by the fastest way
 * found. Run with that directory, the port, the number of threads and the directory for what is pushed as arguments. Files
 * that a registry keeps in memory come from there, after the look at one file without which none knows that they are still
 * to be had, and larger ones as `storage/filesystem_reader.ts` streams them. Answers have as many headers as those of a
 * registry.
 *
 * @module
 */

import { keepFreedMemory } from "../../cli/freed_memory.ts";
import { OneWrite } from "../../cli/one_write.ts";
import { sharedBody } from "../../registry/kept_body.ts";
import type { AnswerBody } from "../../registry/respond.ts";
import { streamOf } from "../../storage/filesystem_reader.ts";
import { HOT_BLOB_BYTES_MAX } from "../../storage/limits.ts";
import { answerUpload } from "./bare_upload.ts";

const [root = ".", port = "0", threads = "1", pushed = "."] = Deno.args;
const kept = new Map<string, { readonly size: number; readonly body: AnswerBody }>();
const oneWrite = new OneWrite();
const BASE = "{}";

const DIGEST = `sha256:${"0".repeat(64)}`;

function headersOf(size: number): Record<string, string> {
  return {
    "Docker-Distribution-API-Version": "registry/2.0",
    "X-Content-Type-Options": "nosniff",
    "Docker-Content-Digest": DIGEST,
    ETag: `"${DIGEST}"`,
    "Content-Type": "application/octet-stream",
    "Content-Length": String(size),
    "X-Request-Id": crypto.randomUUID(),
  };
}

function send(size: number, body: AnswerBody, info: Deno.ServeHandlerInfo): Response {
  const headers = headersOf(size);
  oneWrite.prepare({ status: 200, headers, body }, info);
  return new Response(body, { headers });
}

function answer(request: Request, info: Deno.ServeHandlerInfo): Response | Promise<Response> {
  if (request.method !== "GET" && request.method !== "HEAD") return answerUpload(pushed, request);
  const path = root + request.url.slice(request.url.indexOf("/", "http://".length));
  if (path.endsWith("/v2/")) return send(BASE.length, BASE, info);
  try {
    const file = kept.get(path);
    if (file !== undefined) {
      Deno.lstatSync(path);
      return send(file.size, file.body, info);
    }
    const { size } = Deno.statSync(path);
    if (size > HOT_BLOB_BYTES_MAX) {
      const body = streamOf(Deno.openSync(path), path, size, { reclaimsPieces: true });
      return send(size, body, info);
    }
    const content = Deno.readFileSync(path);
    kept.set(path, { size, body: sharedBody(content) ?? content });
    return send(size, content, info);
  } catch {
    return new Response(null, { status: 404 });
  }
}

function serve(): void {
  Deno.serve({
    hostname: "127.0.0.1",
    port: Number(port),
    reusePort: true,
    automaticCompression: false,
    onListen: (): void => {},
  }, answer);
}

/** Starts a thread that does the same, and waits until it listens. */
async function startThread(): Promise<void> {
  const worker = new Worker(import.meta.url, { type: "module" });
  await new Promise((resolve) => worker.onmessage = resolve);
}

/** Only threads have somebody to send messages to. */
const thread = globalThis as { postMessage?(message: unknown): void };

if (thread.postMessage === undefined) {
  keepFreedMemory();
  for (let started = 1; started < Number(threads); started++) await startThread();
  // The last to listen: who waits for the port finds all of them.
  serve();
} else {
  serve();
  thread.postMessage("listening");
}
