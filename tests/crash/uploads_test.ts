import { assert, assertEquals, assertRejects } from "@std/assert";
import { type RunningServer, startBerth, withTempDir } from "../harness.ts";
import { makeContent, noise } from "../images.ts";
import { RegistryClient, withDigest } from "../push.ts";

const MIB = 1024 * 1024;
const REPOSITORY = "crash/uploads";
const CONTENT = makeContent("application/octet-stream", noise(1, 9 * MIB));

/** Bytes that a body sends before the server is killed. */
const SENT_BYTES = 5 * MIB;

/** How far an upload is, as the server tells. */
async function sizeOf(server: RunningServer, location: string): Promise<number> {
  const answer = await new RegistryClient(server.url).expect(204, "GET", location);
  const [, last] = /^0-(\d+)$/.exec(answer.headers.get("Range") ?? "") ?? [];
  return last === undefined || last === "0" ? 0 : Number(last) + 1;
}

/** Sends the part of the content that is missing, and looks at the whole. */
async function finish(server: RunningServer, location: string): Promise<void> {
  const registry = new RegistryClient(server.url);
  const size = await sizeOf(server, location);
  const next = await registry.sendChunk(location, size, CONTENT.bytes.slice(size));
  await registry.closeUpload(next, CONTENT.digest);
  assertEquals(await registry.pullBlob(REPOSITORY, CONTENT.digest), CONTENT.bytes);
}

/** Runs a step with a server of its own, which is killed at the end, if it still lives. */
async function withServer<T>(
  root: string,
  step: (server: RunningServer) => Promise<T>,
): Promise<T> {
  const server = await startBerth({ root });
  try {
    return await step(server);
  } finally {
    await server.stop("SIGKILL");
  }
}

function begin(server: RunningServer): Promise<string> {
  return new RegistryClient(server.url).beginUpload(REPOSITORY);
}

/** The path of an upload, for a server at another address. */
function pathOf(location: string, server: RunningServer): string {
  const url = new URL(location, server.url);
  return `${url.pathname}${url.search}`;
}

/** Sends a body that never ends, by PATCH or PUT, and kills the server once a part of it is in the store. */
async function killWithin(server: RunningServer, method: string, location: string): Promise<void> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const request = fetch(new URL(location, server.url), {
    method,
    headers: { "Content-Type": "application/octet-stream" },
    body: readable,
  });
  const failure = assertRejects(() => request, TypeError);
  const sent = writer.write(CONTENT.bytes.subarray(0, SENT_BYTES)).catch(() => {});
  let size = 0;
  while (size < MIB) size = await sizeOf(server, location);
  server.kill("SIGKILL");
  await failure;
  await sent;
  await writer.abort().catch(() => {});
}

for (
  const [method, place] of [
    ["PATCH", (location: string): string => location],
    ["PUT", (location: string): string => withDigest(location, CONTENT.digest)],
  ] as const
) {
  Deno.test(`an upload goes on from what came in when the server is killed within a ${method}`, async () => {
    await withTempDir("crash", async (root) => {
      const path = await withServer(root, async (server) => {
        const location = pathOf(await begin(server), server);
        await killWithin(server, method, place(location));
        return location;
      });
      await withServer(root, async (server) => {
        const size = await sizeOf(server, path);
        assert(size >= MIB && size <= SENT_BYTES, `${size} bytes came in`);
        const answer = await new RegistryClient(server.url).send(
          "HEAD",
          `/v2/${REPOSITORY}/blobs/${CONTENT.digest}`,
        );
        assertEquals(answer.status, 404);
        await finish(server, path);
      });
    });
  });
}

Deno.test("an upload is closed by a server that saw none of its bytes", async () => {
  await withTempDir("crash", async (root) => {
    const path = await withServer(root, async (server) => {
      const location = await begin(server);
      const next = await new RegistryClient(server.url).sendChunk(location, 0, CONTENT.bytes);
      return pathOf(next, server);
    });
    await withServer(root, async (server) => {
      const registry = new RegistryClient(server.url);
      assertEquals(await sizeOf(server, path), CONTENT.bytes.length);
      await registry.closeUpload(path, CONTENT.digest);
      assertEquals(await registry.pullBlob(REPOSITORY, CONTENT.digest), CONTENT.bytes);
    });
  });
});

Deno.test("an upload goes on though the server is killed between all of its chunks", async () => {
  await withTempDir("crash", async (root) => {
    let path = await withServer(root, async (server) => pathOf(await begin(server), server));
    const chunkBytes = 3 * MIB;
    for (let offset = 0; offset < CONTENT.bytes.length; offset += chunkBytes) {
      path = await withServer(root, async (server) => {
        assertEquals(await sizeOf(server, path), offset);
        const chunk = CONTENT.bytes.slice(offset, offset + chunkBytes);
        return pathOf(await new RegistryClient(server.url).sendChunk(path, offset, chunk), server);
      });
    }
    await withServer(root, async (server) => {
      const registry = new RegistryClient(server.url);
      await registry.closeUpload(path, CONTENT.digest);
      assertEquals(await registry.pullBlob(REPOSITORY, CONTENT.digest), CONTENT.bytes);
    });
  });
});

Deno.test("an upload goes back and forth between two servers on one store", async () => {
  await withTempDir("crash", async (root) => {
    await withServer(root, async (first) => {
      await withServer(root, async (second) => {
        let path = pathOf(await begin(first), first);
        const chunkBytes = 2 * MIB + 1;
        const servers = [second, first, second, first, second];
        for (const [turn, server] of servers.entries()) {
          const offset = turn * chunkBytes;
          assertEquals(await sizeOf(server, path), offset);
          const chunk = CONTENT.bytes.slice(offset, offset + chunkBytes);
          const next = await new RegistryClient(server.url).sendChunk(path, offset, chunk);
          path = pathOf(next, server);
        }
        await new RegistryClient(first.url).closeUpload(path, CONTENT.digest);
        for (const { url } of [first, second]) {
          const bytes = await new RegistryClient(url).pullBlob(REPOSITORY, CONTENT.digest);
          assertEquals(bytes, CONTENT.bytes);
        }
      });
    });
  });
});
