import { assert, assertEquals } from "@std/assert";
import { withTempDir } from "../harness.ts";
import { ACCEPT_MANIFESTS, type RegistryClient } from "../push.ts";
import { APP, filesBelow, ODDITIES, type Oddity, writeApp } from "./oddities.ts";
import { withServer } from "./servers.ts";

for (const oddity of ODDITIES) {
  Deno.test(`berth serves a store with ${oddity.name}, and takes a push into it`, () =>
    withOddStore(oddity, async (registry) => {
      for (const path of oddity.absent) await assertStatus(registry, 404, path);
      for (const path of oddity.present) await assertStatus(registry, 200, path);
      await registry.expect(200, "GET", "/v2/app/tags/list");
      await registry.expect(200, "GET", "/v2/_catalog");
      await registry.pushImage("app", APP, "v1");
      assertEquals(await registry.pullManifest("app", "v1"), APP.manifest.bytes);
      for (const layer of APP.layers) {
        assertEquals(await registry.pullBlob("app", layer.digest), layer.bytes);
      }
    }));

  Deno.test(`berth deletes from a store with ${oddity.name}`, () =>
    withOddStore(oddity, async (registry) => {
      const paths = [
        `manifests/${APP.manifest.digest}`,
        ...APP.layers.map((layer) => `blobs/${layer.digest}`),
      ];
      for (const path of paths) {
        const { status } = await registry.send("DELETE", `/v2/app/${path}`);
        assert(status === 202 || status === 404, `DELETE ${path} gave ${status}`);
        await assertStatus(registry, 404, path);
      }
    }));
}

/** Writes a store that holds `app:v1`, lets it grow odd, and serves it. */
function withOddStore(
  oddity: Oddity,
  body: (registry: RegistryClient) => Promise<void>,
): Promise<void> {
  return withTempDir("odd", async (root) => {
    const store = filesBelow(root);
    await writeApp(store);
    await oddity.happen(store);
    await withServer("berth", root, body);
  });
}

async function assertStatus(registry: RegistryClient, status: number, path: string): Promise<void> {
  const headers = { Accept: ACCEPT_MANIFESTS };
  await registry.expect(status, "GET", `/v2/app/${path}`, { headers });
  await registry.expect(status, "HEAD", `/v2/app/${path}`, { headers });
}
