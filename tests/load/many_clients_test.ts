import { assertEquals } from "@std/assert";
import { withBerth } from "../harness.ts";
import { type Content, makeContent, noise } from "../images.ts";
import { RegistryClient } from "../push.ts";

/** Clients at once, each with a connection of its own. */
const CLIENTS = 200;
/** Repositories that the clients share. */
const REPOSITORIES = 20;
const BLOB_BYTES = 1024 * 1024;

function repositoryOf(client: number): string {
  return `load/clients${client % REPOSITORIES}`;
}

function makeBlob(seed: number): Content {
  return makeContent("application/octet-stream", noise(seed, BLOB_BYTES));
}

/** Starts berth and runs a function for every client at once. */
function withClients(
  body: (registry: RegistryClient, client: number) => Promise<void>,
): Promise<void> {
  return withBerth(async (server) => {
    const registry = new RegistryClient(server.url);
    await Promise.all(Array.from({ length: CLIENTS }, (_, client) => body(registry, client)));
  }, ["--workers", "2"]);
}

async function pushAndPull(
  registry: RegistryClient,
  repository: string,
  blob: Content,
): Promise<void> {
  await registry.pushBlob(repository, blob);
  assertEquals(await registry.pullDigest(repository, blob.digest), blob.digest);
}

Deno.test("serve gives 200 clients at once the bytes that each of them pushed", () =>
  withClients((registry, client) => pushAndPull(registry, repositoryOf(client), makeBlob(client))));

Deno.test("serve lets clients pull again and again while others push", () =>
  withClients(async (registry, client) => {
    const repository = repositoryOf(client);
    const blob = makeBlob(client);
    await pushAndPull(registry, repository, blob);
    for (let turn = 1; turn <= 3; turn++) {
      if (client % 2 === 0) {
        await pushAndPull(registry, repository, makeBlob(turn * CLIENTS + client));
      } else assertEquals(await registry.pullDigest(repository, blob.digest), blob.digest);
    }
  }));

Deno.test("serve takes one blob from 200 clients at once", () => {
  const blob = makeBlob(0);
  return withClients((registry, client) => pushAndPull(registry, repositoryOf(client), blob));
});
