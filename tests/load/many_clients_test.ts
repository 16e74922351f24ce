import { assertEquals } from "@std/assert";
import type { Digest } from "../../storage/digest.ts";
import { type RunningServer, withBerth } from "../harness.ts";
import { pullBlob, pushBlob } from "../push.ts";
import { randomBytes } from "../random_blocks.ts";

/** Clients at once, each with a connection of its own. */
const CLIENTS = 200;
/** Repositories that the clients share. */
const REPOSITORIES = 20;
const BLOB_BYTES = 1024 * 1024;
const WORKERS = ["--workers", "2"];

function repositoryOf(client: number): string {
  return `load/clients${client % REPOSITORIES}`;
}

/** Runs a function for every client at once. */
function allClients<T>(body: (client: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: CLIENTS }, (_, client) => body(client)));
}

function pushRandom(server: RunningServer, client: number): Promise<Digest> {
  return pushBlob(server.url, repositoryOf(client), randomBytes(BLOB_BYTES));
}

Deno.test("serve gives 200 clients at once the bytes that each of them pushed", () =>
  withBerth(async (server) => {
    await allClients(async (client) => {
      const digest = await pushRandom(server, client);
      assertEquals(await pullBlob(server.url, repositoryOf(client), digest), digest);
    });
  }, WORKERS));

Deno.test("serve gives every client the right bytes while half of them push and half pull", () =>
  withBerth(async (server) => {
    const digests = await allClients((client) => pushRandom(server, client));
    await Promise.all(digests.map(async (pushed, client) => {
      const digest = client % 2 === 0 ? await pushRandom(server, client) : pushed;
      assertEquals(await pullBlob(server.url, repositoryOf(client), digest), digest);
    }));
  }, WORKERS));

Deno.test("serve takes one blob from 200 clients at once", () =>
  withBerth(async (server) => {
    const content = randomBytes(BLOB_BYTES);
    const digests = await allClients((client) =>
      pushBlob(server.url, repositoryOf(client), content)
    );
    await Promise.all(digests.map(async (digest, client) => {
      assertEquals(await pullBlob(server.url, repositoryOf(client), digest), digest);
    }));
  }, WORKERS));
