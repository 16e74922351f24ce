/**
 * What is pushed to berth and to distribution alike. Each scenario works in repositories below a name of its own.
 *
 * @module
 */

import {
  type Content,
  describe,
  type Image,
  type ImageFormat,
  type Index,
  makeContent,
  makeDocument,
  makeImage,
  makeIndex,
  makeLayer,
  MEDIA_TYPES,
  noise,
} from "../images.ts";
import type { RegistryClient } from "../push.ts";

/** A way to change a registry, with the repository that it changes. */
export interface Scenario {
  /** Completes "berth and distribution write the same files for ..". */
  readonly name: string;
  run(registry: RegistryClient, repository: string): Promise<void>;
}

const CHUNK_BYTES = 100_000;
const CHUNKED_BYTES = 250_000;

const APP = sampleImage("oci", "amd64", 1);
const NEWER = sampleImage("oci", "amd64", 2);
const NEWEST = sampleImage("oci", "amd64", 3);
const EMPTY = makeContent(MEDIA_TYPES.oci.gzip, new Uint8Array());
const LARGE = makeContent(MEDIA_TYPES.oci.gzip, noise(9, CHUNKED_BYTES));
const EMPTY_JSON = makeDocument("application/vnd.oci.empty.v1+json", {});

/** The blobs of the scenarios that no manifest names. */
export const LOOSE_BLOBS: readonly Content[] = [EMPTY, LARGE];

/** Everything that a client can do to a store and both servers know. */
export const SCENARIOS: readonly Scenario[] = [
  { name: "an OCI image", run: (registry, name) => registry.pushImage(name, APP, "v1") },
  {
    name: "a Docker image",
    run: (registry, name) => registry.pushImage(name, sampleImage("docker", "amd64", 4), "v1"),
  },
  { name: "an OCI index", run: (registry, name) => registry.pushIndex(name, index("oci"), "v1") },
  {
    name: "a Docker manifest list",
    run: (registry, name) => registry.pushIndex(name, index("docker"), "v1"),
  },
  { name: "an untagged image", run: (registry, name) => registry.pushImage(name, APP) },
  {
    name: "an image in nested repositories",
    async run(registry, name): Promise<void> {
      await registry.pushImage(name, APP, "v1");
      await registry.pushImage(`${name}/b`, APP, "v1");
      await registry.pushImage(`${name}/b/c__d/e-f.g`, APP, "v1");
    },
  },
  {
    name: "an artifact with a subject",
    async run(registry, name): Promise<void> {
      await registry.pushImage(name, APP, "v1");
      await pushArtifact(registry, name, sampleArtifact(APP, "signature"));
    },
  },
  {
    name: "a blob in chunks",
    run: (registry, name) => registry.pushBlobInChunks(name, LARGE, CHUNK_BYTES),
  },
  {
    name: "a blob whose last bytes come with the closing request",
    async run(registry, name): Promise<void> {
      const start = await registry.beginUpload(name);
      const next = await registry.sendChunk(start, 0, LARGE.bytes.slice(0, CHUNK_BYTES));
      await registry.closeUpload(next, LARGE.digest, LARGE.bytes.slice(CHUNK_BYTES));
    },
  },
  {
    name: "a blob in one stream",
    async run(registry, name): Promise<void> {
      const start = await registry.beginUpload(name);
      const answer = await registry.expect(202, "PATCH", start, { body: LARGE.bytes });
      await registry.closeUpload(answer.headers.get("Location") ?? "", LARGE.digest);
    },
  },
  { name: "a blob of no bytes", run: (registry, name) => registry.pushBlob(name, EMPTY) },
  {
    name: "a mounted blob",
    async run(registry, name): Promise<void> {
      await registry.pushBlob(name, LARGE);
      await registry.mountBlob(`${name}/target`, LARGE.digest, name);
    },
  },
  {
    name: "a mount that falls back to an upload",
    async run(registry, name): Promise<void> {
      const query = new URLSearchParams({ mount: LARGE.digest, from: `${name}/none` });
      const answer = await registry.expect(202, "POST", `/v2/${name}/blobs/uploads/?${query}`);
      const location = answer.headers.get("Location") ?? "";
      await registry.closeUpload(location, LARGE.digest, LARGE.bytes);
    },
  },
  {
    name: "an image pushed twice",
    async run(registry, name): Promise<void> {
      await registry.pushImage(name, APP, "v1");
      await registry.pushImage(name, APP, "v1");
    },
  },
  {
    name: "a tag that moves and comes back",
    async run(registry, name): Promise<void> {
      await registry.pushImage(name, APP, "latest");
      await registry.pushImage(name, NEWER, "latest");
      await registry.pushImage(name, NEWEST, "latest");
      await registry.pushManifest(name, NEWER.manifest, "latest");
    },
  },
  {
    name: "a manifest deleted under its tags",
    async run(registry, name): Promise<void> {
      for (const tag of ["v1", "same", "also"]) await registry.pushImage(name, APP, tag);
      await registry.pushImage(name, NEWER, "other");
      // The history of this tag names the manifest that goes, but the tag itself does not.
      await registry.pushManifest(name, NEWER.manifest, "also");
      await registry.deleteManifest(name, APP.manifest.digest);
    },
  },
  {
    name: "an image pushed again after its manifest was deleted",
    async run(registry, name): Promise<void> {
      await registry.pushImage(name, APP, "v1");
      await registry.deleteManifest(name, APP.manifest.digest);
      await registry.pushImage(name, APP, "v2");
    },
  },
  {
    name: "a deleted blob",
    async run(registry, name): Promise<void> {
      await registry.pushBlob(name, LARGE);
      await registry.pushBlob(name, EMPTY);
      await registry.deleteBlob(name, LARGE.digest);
    },
  },
  {
    name: "a cancelled upload",
    async run(registry, name): Promise<void> {
      await registry.pushBlob(name, EMPTY);
      const start = await registry.beginUpload(name);
      const next = await registry.sendChunk(start, 0, LARGE.bytes.slice(0, CHUNK_BYTES));
      await registry.expect(204, "DELETE", next);
    },
  },
  {
    name: "an upload that is still open",
    async run(registry, name): Promise<void> {
      const start = await registry.beginUpload(name);
      await registry.sendChunk(start, 0, LARGE.bytes.slice(0, CHUNK_BYTES));
    },
  },
  {
    name: "a manifest whose blobs are missing",
    async run(registry, name): Promise<void> {
      await registry.pushBlob(name, APP.config);
      const headers = { "Content-Type": APP.manifest.mediaType };
      const location = `/v2/${name}/manifests/v1`;
      await registry.expect(400, "PUT", location, { headers, body: APP.manifest.bytes });
    },
  },
];

/** Pushes an artifact by digest, with the empty blob that it is made of. */
export async function pushArtifact(
  registry: RegistryClient,
  repository: string,
  artifact: Content,
): Promise<void> {
  await registry.pushBlob(repository, EMPTY_JSON);
  await registry.pushManifest(repository, artifact);
}

/** A small image whose bytes follow from the seed. */
export function sampleImage(format: ImageFormat, architecture: string, seed: number): Image {
  const layer = (i: number): ReturnType<typeof makeLayer> =>
    makeLayer(format, "gzip", [{ path: `file-${i}`, content: noise(seed * 10 + i, 5000) }]);
  return makeImage(format, architecture, [layer(1), layer(2)]);
}

function index(format: ImageFormat): Index {
  return makeIndex(format, [sampleImage(format, "amd64", 5), sampleImage(format, "arm64", 6)]);
}

/** An artifact of a kind that refers to an image (OCI image spec, "Guidelines for Artifact Usage"). */
export function sampleArtifact(subject: Image, kind: string): Content {
  return makeDocument(MEDIA_TYPES.oci.manifest, {
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.oci.manifest,
    artifactType: `application/vnd.example.${kind}`,
    config: describe(EMPTY_JSON),
    layers: [describe(EMPTY_JSON)],
    subject: describe(subject.manifest),
  });
}
