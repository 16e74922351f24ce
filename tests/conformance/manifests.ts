/**
 * Cases of pushing and pulling manifests that the data sets do not bring up.
 *
 * @module
 */

import { assert } from "@std/assert";
import type { ConformanceCase } from "./case.ts";
import type { Repository } from "./client.ts";
import { expectManifest, expectStatus, jsonOf, Unsupported } from "./expect.ts";
import { contentOf, corrupted, type Manifest, MEDIA_TYPES } from "./fixtures.ts";
import { pushBlobs } from "./push_blobs.ts";
import { prepareImage, pushManifest } from "./push_manifests.ts";
import { pullManifest } from "./read.ts";

/** Size of a manifest that every registry has to accept, in bytes: the spec says 4 megabytes. */
const MANIFEST_BYTES = 4 * 1024 * 1024;

/** Size of a manifest that is over the limit of registries that have one, in bytes. */
const HUGE_MANIFEST_BYTES = 16 * 1024 * 1024;

/** A registry takes a manifest of absent content, or says this (spec, "Push"). */
const ABSENT_CONTENT_CODE = "MANIFEST_BLOB_UNKNOWN";

export const MANIFEST_CASES: readonly ConformanceCase[] = [
  {
    id: "manifests/malformed-digest",
    name: "PUT of a manifest by a malformed digest answers 400",
    covers: ["dev/invalid-digest-format"],
    run: async ({ repository, dataSet }) => {
      const image = await prepareImage(repository, dataSet());
      expectStatus(await pushManifest(repository, "sha256:baddigeststring", image), 400);
    },
  },
  {
    id: "manifests/wrong-digest",
    name: "PUT of a manifest by the digest of another answers 400 and stores nothing",
    covers: ["dev/bad-digest-image"],
    run: async ({ repository, dataSet }) => {
      const image = corrupted(await prepareImage(repository, dataSet()));
      const { digest } = image.descriptor;
      expectStatus(await pushManifest(repository, digest, image), 400);
      expectStatus(await pullManifest(repository, digest), 404);
    },
  },
  {
    id: "manifests/exact-bytes",
    name:
      "a manifest comes back with the white space and the order of fields that it was pushed with",
    covers: [],
    run: async ({ repository, dataSet }) => {
      const image = await prepareImage(repository, dataSet());
      const { config, layers } = jsonOfManifest(image);
      const fields = { layers, mediaType: MEDIA_TYPES.image, config, schemaVersion: 2 };
      const text = `\n${JSON.stringify(fields, null, "\t")} \r\n`;
      const content = contentOf(new TextEncoder().encode(text), "sha256", MEDIA_TYPES.image);
      const shuffled = { ...image, ...content };
      expectStatus(await pushManifest(repository, "shuffled", shuffled), 201);
      expectManifest(await pullManifest(repository, "shuffled"), shuffled);
    },
  },
  {
    id: "manifests/content-type-parameters",
    name: "parameters of the Content-Type of a push are ignored",
    covers: [],
    run: async ({ repository, dataSet }) => {
      const image = await prepareImage(repository, dataSet());
      const answer = await repository.send("PUT", "manifests/latest", {
        headers: { "Content-Type": `${MEDIA_TYPES.image}; charset=utf-8` },
        body: image.bytes,
      });
      expectStatus(answer, 201);
      expectManifest(await pullManifest(repository, "latest"), image);
    },
  },
  {
    id: "manifests/accept-any",
    name: "GET of a manifest with Accept: */* answers it as it was pushed",
    covers: [],
    run: async ({ repository, dataSet }) => {
      const image = await prepareImage(repository, dataSet());
      expectStatus(await pushManifest(repository, "latest", image), 201);
      const headers = { Accept: "*/*" };
      expectManifest(await repository.send("GET", "manifests/latest", { headers }), image);
    },
  },
  {
    id: "manifests/four-megabytes",
    name: "a manifest of 4 MiB can be pushed and pulled",
    covers: [],
    run: async ({ repository, dataSet }) => {
      const image = await prepareImage(repository, dataSet(), MANIFEST_BYTES);
      expectStatus(await pushManifest(repository, "large", image), 201);
      expectManifest(await pullManifest(repository, "large"), image);
    },
  },
  {
    id: "manifests/too-large",
    name: "a manifest over the limit of the registry answers 413",
    covers: [],
    run: async ({ repository, dataSet }) => {
      const image = await prepareImage(repository, dataSet(), HUGE_MANIFEST_BYTES);
      const answer = await pushManifest(repository, "huge", image);
      if (answer.status === 201) throw new Unsupported(`${answer.request} answered 201`);
      expectStatus(answer, 413);
    },
  },
  {
    id: "manifests/missing-blobs",
    name: "an image of absent blobs is taken, or answers MANIFEST_BLOB_UNKNOWN",
    covers: [],
    run: async ({ repository, dataSet }) => {
      const content = dataSet();
      const image = content.manifest(content.addImage());
      await expectTakenOrUnknown(repository, image);
    },
  },
  {
    id: "manifests/missing-children",
    name: "an index of absent manifests is taken, or answers MANIFEST_BLOB_UNKNOWN",
    covers: [],
    run: async ({ repository, dataSet }) => {
      const content = dataSet();
      const index = content.manifest(content.addIndex());
      await pushBlobs(repository, content.blobs);
      await expectTakenOrUnknown(repository, index);
    },
  },
];

function jsonOfManifest({ bytes }: Manifest): Record<string, unknown> {
  return JSON.parse(new TextDecoder().decode(bytes));
}

async function expectTakenOrUnknown(repository: Repository, manifest: Manifest): Promise<void> {
  const answer = await pushManifest(repository, "latest", manifest);
  if (answer.status === 201) return;
  const { errors } = jsonOf(expectStatus(answer, 400, 404)) as { errors?: { code?: unknown }[] };
  const codes = (errors ?? []).map(({ code }) => code);
  assert(
    codes.length > 0 && codes.every((code) => code === ABSENT_CONTENT_CODE),
    `${answer.request} answered the codes ${codes.join(", ")}, expected ${ABSENT_CONTENT_CODE}`,
  );
}
