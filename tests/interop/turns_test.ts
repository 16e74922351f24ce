import { assertEquals, assertGreater } from "@std/assert";
import { digestBytes } from "../../storage/digest.ts";
import { withTempDir } from "../harness.ts";
import { makeContent, MEDIA_TYPES, noise } from "../images.ts";
import { testWithPrograms } from "../programs.ts";
import { ACCEPT_MANIFESTS, type RegistryClient } from "../push.ts";
import { answersTo, assertSameAnswers, pathsOf } from "./reads.ts";
import { sampleImage, SCENARIOS } from "./scenarios.ts";
import { type ServerName, TURNS, withServer } from "./servers.ts";
import { readTree } from "./tree.ts";

const APP = sampleImage("oci", "amd64", 1);
const NEWER = sampleImage("oci", "amd64", 2);
const LAYER = makeContent(MEDIA_TYPES.oci.gzip, noise(7, 250_000));
const CHUNK_BYTES = 100_000;

/** One server's turn at a store, after which it ends. */
type Turn = <T>(server: ServerName, body: (registry: RegistryClient) => Promise<T>) => Promise<T>;

function testTurns(
  name: (first: ServerName, second: ServerName) => string,
  body: (turn: Turn, first: ServerName, second: ServerName, root: string) => Promise<void>,
): void {
  for (const { first, second } of TURNS) {
    testWithPrograms(
      ["docker-registry"],
      name(first, second),
      () =>
        withTempDir(
          "turns",
          (root) => body((server, run) => withServer(server, root, run), first, second, root),
        ),
    );
  }
}

testTurns(
  (first, second) => `${second} serves all that ${first} wrote, and as ${first} does`,
  async (turn, first, second, root) => {
    const [paths, expected] = await turn(first, async (registry) => {
      for (const [i, scenario] of SCENARIOS.entries()) await scenario.run(registry, `case-${i}`);
      const paths = pathsOf(await readTree(root));
      return [paths, await answersTo(registry, paths)] as const;
    });
    assertGreater(paths.length, SCENARIOS.length);
    assertSameAnswers(await turn(second, (registry) => answersTo(registry, paths)), expected);
  },
);

testTurns(
  (first, second) => `${second} lists the repositories with images that ${first} wrote`,
  async (turn, first, second) => {
    const names = ["app", "app/sub", "b-c/d__e.f", "z"];
    await turn(first, async (registry) => {
      for (const name of names) await registry.pushImage(name, APP, "v1");
    });
    assertEquals(await turn(second, (registry) => registry.repositories()), names);
  },
);

testTurns(
  (first, second) => `${first} and ${second} serve one store at the same time`,
  (turn, first, second) =>
    turn(first, (one) =>
      turn(second, async (other) => {
        await one.pushImage("app", APP, "v1");
        await other.pushImage("app", NEWER, "v2");
        assertEquals(await one.tags("app"), ["v1", "v2"]);
        assertEquals(await other.pullManifest("app", "v1"), APP.manifest.bytes);
        assertEquals(await one.pullManifest("app", "v2"), NEWER.manifest.bytes);
      })),
);

testTurns(
  (first, second) => `${first} no longer serves what ${second} deleted`,
  async (turn, first, second) => {
    await turn(first, async (registry) => {
      await registry.pushImage("app", APP, "v1");
      await registry.pushImage("app", NEWER, "v2");
      await registry.pushBlob("app", LAYER);
    });
    await turn(second, async (registry) => {
      await registry.deleteManifest("app", APP.manifest.digest);
      await registry.deleteBlob("app", LAYER.digest);
    });
    await turn(first, async (registry) => {
      for (const reference of ["v1", APP.manifest.digest]) {
        const headers = { Accept: ACCEPT_MANIFESTS };
        await registry.expect(404, "GET", `/v2/app/manifests/${reference}`, { headers });
      }
      await registry.expect(404, "GET", `/v2/app/blobs/${LAYER.digest}`);
      assertEquals(await registry.tags("app"), ["v2"]);
    });
  },
);

testTurns(
  (first, second) => `${first} follows a tag that ${second} moved`,
  async (turn, first, second) => {
    await turn(first, (registry) => registry.pushImage("app", APP, "latest"));
    await turn(second, (registry) => registry.pushImage("app", NEWER, "latest"));
    await turn(first, async (registry) => {
      assertEquals(await registry.pullManifest("app", "latest"), NEWER.manifest.bytes);
      assertEquals(
        await registry.pullManifest("app", APP.manifest.digest),
        APP.manifest.bytes,
      );
    });
  },
);

testTurns(
  (first, second) => `${second} mounts blobs that ${first} wrote`,
  async (turn, first, second) => {
    await turn(first, (registry) => registry.pushBlob("source", LAYER));
    await turn(second, (registry) => registry.mountBlob("target", LAYER.digest, "source"));
    await turn(first, async (registry) => {
      assertEquals(await registry.pullBlob("target", LAYER.digest), LAYER.bytes);
    });
  },
);

testTurns(
  (first, second) => `${second} takes a manifest whose blobs ${first} wrote`,
  async (turn, first, second) => {
    await turn(first, (registry) => registry.pushImage("app", APP, "v1"));
    await turn(second, (registry) => registry.pushManifest("app", APP.manifest, "v2"));
    await turn(first, async (registry) => assertEquals(await registry.tags("app"), ["v1", "v2"]));
  },
);

testTurns(
  (first, second) => `${second} serves a sha512 blob that ${first} wrote`,
  async (turn, first, second) => {
    const digest = digestBytes(LAYER.bytes, "sha512");
    await turn(first, async (registry) => {
      await registry.closeUpload(await registry.beginUpload("app"), digest, LAYER.bytes);
    });
    await turn(second, async (registry) => {
      assertEquals(await registry.pullBlob("app", digest), LAYER.bytes);
    });
  },
);

// The other way round cannot be: distribution goes on only with a location that it has signed itself.
testWithPrograms(
  ["docker-registry"],
  "berth goes on with an upload that distribution began, at the location that distribution gave",
  () =>
    withTempDir("turns", async (root) => {
      const location = await withServer("distribution", root, async (registry) => {
        const start = await registry.beginUpload("app");
        const next = await registry.sendChunk(start, 0, LAYER.bytes.slice(0, CHUNK_BYTES));
        const { pathname, search } = new URL(next);
        return `${pathname}${search}`;
      });
      await withServer("berth", root, async (registry) => {
        const status = await registry.expect(204, "GET", location);
        assertEquals(status.headers.get("Range"), `0-${CHUNK_BYTES - 1}`);
        await registry.closeUpload(location, LAYER.digest, LAYER.bytes.slice(CHUNK_BYTES));
        assertEquals(await registry.pullBlob("app", LAYER.digest), LAYER.bytes);
      });
    }),
);
