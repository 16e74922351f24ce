/**
 * The ceiling of reads on Deno: `Deno.serve` with the files of a directory and nothing else, by the fastest way found. Run
 * with the directory and the port as arguments: small files from memory, large ones as `storage/filesystem_reader.ts` streams
 * them.
 *
 * @module
 */

import { keepFreedMemory } from "../../cli/freed_memory.ts";
import { streamOf } from "../../storage/filesystem_reader.ts";
import { BLOB_BUFFERED_BYTES_MAX } from "../../storage/limits.ts";

const [root = ".", port = "0"] = Deno.args;
const small = new Map<string, Uint8Array<ArrayBuffer>>();

function answer(request: Request): Response {
  const path = root + request.url.slice(request.url.indexOf("/", "http://".length));
  const kept = small.get(path);
  if (kept !== undefined) return new Response(kept);
  try {
    const { size } = Deno.statSync(path);
    if (size > BLOB_BUFFERED_BYTES_MAX) {
      const body = streamOf(Deno.openSync(path), path, size, { reclaimsPieces: true });
      return new Response(body, { headers: { "Content-Length": String(size) } });
    }
    const content = Deno.readFileSync(path);
    small.set(path, content);
    return new Response(content);
  } catch {
    return new Response(null, { status: 404 });
  }
}

keepFreedMemory();
Deno.serve({
  hostname: "127.0.0.1",
  port: Number(port),
  reusePort: true,
  automaticCompression: false,
}, answer);
