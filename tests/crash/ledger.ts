/**
 * Keeps account of what a server that is going to be killed has promised, and holds its successor to that.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { digestBytes } from "../../storage/digest.ts";
import { blobsOf, type Image, makeImage, makeLayer, noise } from "../images.ts";
import { RegistryClient } from "../push.ts";
import type { RunningServer } from "../harness.ts";

/** How far an image was brought; what is under way when the server dies may be done or not. */
type ImageState = "pushing" | "pushed" | "deleting" | "deleted";

interface Entry {
  readonly repository: string;
  readonly tag: string;
  readonly image: Image;
  /** Digests of the blobs that were answered with 201. */
  readonly blobs: Set<string>;
  state: ImageState;
}

/** Bytes of the layer of each image. */
const LAYER_BYTES = 3_000;

/** One image in this many is deleted again. */
const DELETE_EVERY = 3;

/** What was pushed to one store, over several servers. */
export class Ledger {
  readonly #entries: Entry[] = [];
  /** How many blobs and manifests were acknowledged. */
  #promises = 0;

  /**
   * Pushes images, by several clients at once, until that many more promises were made, and kills the server in the
   * middle of the others.
   */
  async pushUntilKilled(server: RunningServer, clients: number, promises: number): Promise<void> {
    const promisesMax = this.#promises + promises;
    let isKilled = false;
    const push = async (client: number): Promise<void> => {
      try {
        for (;;) {
          await this.#pushOne(server, client, () => {
            if (++this.#promises < promisesMax || isKilled) return;
            isKilled = true;
            server.kill("SIGKILL");
          });
        }
      } catch (error) {
        // A broken connection is a TypeError of fetch(); an answer that was not expected is another error.
        if (!isKilled || !(error instanceof TypeError)) throw error;
      }
    };
    await Promise.all(Array.from({ length: clients }, (_, client) => push(client)));
  }

  async #pushOne(server: RunningServer, client: number, onPromise: () => void): Promise<void> {
    const seed = this.#entries.length;
    const files = [{ path: "noise", content: noise(seed, LAYER_BYTES) }];
    const image = makeImage("oci", "amd64", [makeLayer("oci", "none", files)]);
    const [repository, tag] = [`crash/r${client % 3}`, `v${seed}`];
    const entry: Entry = { repository, tag, image, blobs: new Set(), state: "pushing" };
    this.#entries.push(entry);
    const registry = new RegistryClient(server.url);
    for (const [index, blob] of blobsOf(image).entries()) {
      if ((seed + index) % 2 === 0) await registry.pushBlob(repository, blob);
      else await registry.pushBlobInChunks(repository, blob, LAYER_BYTES);
      entry.blobs.add(blob.digest);
      onPromise();
    }
    await registry.pushManifest(repository, image.manifest, tag);
    entry.state = "pushed";
    onPromise();
    if (seed % DELETE_EVERY !== 0) return;
    entry.state = "deleting";
    await registry.deleteManifest(repository, image.manifest.digest);
    entry.state = "deleted";
  }

  /** Fails unless the server keeps every promise, and everything that it has is whole. */
  async audit(server: RunningServer): Promise<void> {
    const registry = new RegistryClient(server.url);
    for (const entry of this.#entries) await auditEntry(registry, entry);
    for (const repository of await registry.repositories()) {
      for (const tag of await registry.tags(repository)) {
        assert((await read(registry, repository, `manifests/${tag}`)) !== null, `${tag} dangles`);
      }
    }
  }
}

async function auditEntry(registry: RegistryClient, entry: Entry): Promise<void> {
  const { repository, tag, image, state } = entry;
  for (const digest of entry.blobs) {
    assert(await read(registry, repository, `blobs/${digest}`) !== null, `blob ${digest} is lost`);
  }
  const byDigest = await read(registry, repository, `manifests/${image.manifest.digest}`);
  const byTag = await read(registry, repository, `manifests/${tag}`);
  if (state === "pushed") assert(byDigest !== null && byTag !== null, `image ${tag} is lost`);
  if (state === "deleted") assert(byDigest === null && byTag === null, `image ${tag} is back`);
  assert(byTag === null || byDigest !== null, `tag ${tag} names what is not there`);
  if (byDigest === null) return;
  assertEquals(byDigest, image.manifest.bytes);
  for (const { digest } of blobsOf(image)) {
    assert(await read(registry, repository, `blobs/${digest}`) !== null, `${tag} lacks ${digest}`);
  }
}

/** Reads content, which must hash to what the server says it is; `null` when the server does not have it. */
async function read(
  registry: RegistryClient,
  repository: string,
  path: string,
): Promise<Uint8Array | null> {
  const { status, headers, body } = await registry.send("GET", `/v2/${repository}/${path}`);
  if (status === 404) return null;
  assertEquals(status, 200, `${path} gave ${status}`);
  assertEquals(headers.get("Docker-Content-Digest"), digestBytes(body, "sha256"));
  return body;
}
