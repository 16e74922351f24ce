/**
 * Cases for each kind of content: it is pushed, listed, pulled and deleted.
 *
 * @module
 */

import type { ConformanceCase } from "./case.ts";
import type { Answer, Repository } from "./client.ts";
import { DATA_SETS, type DataSetKind } from "./data_sets.ts";
import {
  expectContent,
  expectEqual,
  expectHeader,
  expectManifest,
  expectStatus,
  locationOf,
} from "./expect.ts";
import type { DataSet, Manifest } from "./fixtures.ts";
import { pushBlobs } from "./push_blobs.ts";
import { pushByDigest, pushDataSet, pushManifest } from "./push_manifests.ts";
import { deleteBlob, deleteManifest, deleteTag } from "./remove.ts";
import { expectReferrers, listFiltered, listReferrers, listTags, pullManifest } from "./read.ts";

/** What is done with a data set. */
interface Step {
  readonly id: string;
  readonly name: (what: string) => string;
  /** Names of the official program, behind the name of the data set. */
  readonly covers: readonly string[];
  /** Every kind unless given. */
  readonly applies?: (kind: DataSetKind) => boolean;
  /** Pushed before, but for the step that pushes. */
  readonly pushed: boolean;
  readonly run: (repository: Repository, dataSet: DataSet) => Promise<void>;
}

const STEPS: readonly Step[] = [
  {
    id: "push",
    name: (what) => `push of ${what} answers 201 and a Location with the same bytes`,
    covers: ["push"],
    pushed: false,
    run: push,
  },
  {
    id: "tag-list",
    name: (what) => `the list of tags holds the tags of ${what}`,
    covers: ["tag-list"],
    pushed: true,
    run: list,
  },
  {
    id: "head",
    name: (what) => `HEAD finds ${what} with type, length and digest`,
    covers: ["head"],
    pushed: true,
    run: (repository, dataSet) => pull(repository, dataSet, "HEAD"),
  },
  {
    id: "pull",
    name: (what) => `GET answers the bytes of ${what} with type, length and digest`,
    covers: ["pull"],
    pushed: true,
    run: (repository, dataSet) => pull(repository, dataSet, "GET"),
  },
  {
    id: "referrers",
    name: (what) => `the list of referrers describes those of ${what}`,
    covers: ["referrers"],
    applies: (kind) => kind.refers === true,
    pushed: true,
    run: listEachReferrer,
  },
  {
    id: "delete-tags",
    name: (what) => `DELETE takes the tags off ${what}`,
    covers: ["delete/tag-delete"],
    applies: (kind) => kind.untagged !== true,
    pushed: true,
    run: deleteTags,
  },
  {
    id: "delete-manifests",
    name: (what) => `DELETE removes the manifests of ${what} and the tags with them`,
    covers: ["delete/manifest-delete"],
    pushed: true,
    run: deleteManifests,
  },
  {
    id: "delete-blobs",
    name: (what) => `DELETE removes the blobs of ${what}`,
    covers: ["delete/blob-delete"],
    pushed: true,
    run: deleteBlobs,
  },
];

/** Tests of the suite of version 1.1.1 that a step with one kind of content covers, by the id of the case. */
const LEGACY_COVERS: Readonly<Record<string, readonly string[]>> = {
  "image/push": ["v1.1.1/pull/setup", "v1.1.1/management/setup"],
  "image/head": ["v1.1.1/pull/manifests/head-by-digest", "v1.1.1/pull/manifests/head-by-tag"],
  "image/pull": ["v1.1.1/pull/manifests/get-by-digest", "v1.1.1/pull/manifests/get-by-tag"],
  "no-layers/push": ["v1.1.1/push/manifests/no-layers"],
  "image/delete-manifests": ["v1.1.1/pull/teardown"],
  "image/delete-blobs": ["v1.1.1/push/teardown"],
  "artifacts-with-subject/delete-manifests": ["v1.1.1/discovery/teardown"],
};

export const DATA_SET_CASES: readonly ConformanceCase[] = DATA_SETS.flatMap((kind) =>
  STEPS.filter((step) => step.applies?.(kind) ?? true).map((step) => ({
    id: `${kind.id}/${step.id}`,
    name: step.name(kind.what),
    covers: [
      ...step.covers.map((name) => `dev/${kind.id}/${name}`),
      ...LEGACY_COVERS[`${kind.id}/${step.id}`] ?? [],
    ],
    run: async ({ repository, dataSet }) => {
      const content = dataSet(kind.algorithm);
      kind.fill(content);
      if (step.pushed) await pushDataSet(repository, content);
      await step.run(repository, content);
    },
  }))
);

async function push(repository: Repository, dataSet: DataSet): Promise<void> {
  await pushBlobs(repository, dataSet.blobs);
  for (const manifest of dataSet.manifests) {
    const answer = await pushByDigest(repository, dataSet, manifest);
    await expectPushed(repository, answer, manifest);
  }
  if (dataSet.tagsByParameter) return;
  for (const [tag, manifest] of dataSet.tags) {
    await expectPushed(repository, await pushManifest(repository, tag, manifest), manifest);
  }
}

async function expectPushed(
  repository: Repository,
  answer: Answer,
  manifest: Manifest,
): Promise<void> {
  expectHeader(expectStatus(answer, 201), "Docker-Content-Digest", manifest.descriptor.digest);
  if (manifest.subject !== null) expectHeader(answer, "OCI-Subject", manifest.subject);
  expectManifest(await pullManifest(repository, locationOf(answer)), manifest);
}

async function list(repository: Repository, dataSet: DataSet): Promise<void> {
  const expected = [...dataSet.tags.keys()].sort();
  expectEqual([...await listTags(repository)].sort(), expected, "tags");
  if (expected.length < 2) return;
  const half = Math.floor(expected.length / 2);
  const after = await listTags(repository, { last: expected[half - 1] ?? "" });
  expectEqual([...after].sort(), expected.slice(half), `tags after ${expected[half - 1]}`);
}

async function pull(
  repository: Repository,
  dataSet: DataSet,
  method: "GET" | "HEAD",
): Promise<void> {
  for (const [tag, manifest] of dataSet.tags) {
    expectManifest(await pullManifest(repository, tag, method), manifest);
  }
  for (const manifest of dataSet.manifests) {
    expectManifest(await pullManifest(repository, manifest.descriptor.digest, method), manifest);
  }
  for (const blob of dataSet.blobs) {
    expectContent(await repository.send(method, `blobs/${blob.descriptor.digest}`), blob);
  }
}

async function listEachReferrer(repository: Repository, dataSet: DataSet): Promise<void> {
  for (const subject of dataSet.subjects()) {
    const expected = dataSet.referrers(subject);
    expectReferrers(await listReferrers(repository, subject), expected);
    for (const artifactType of new Set(expected.map((referrer) => referrer.artifactType ?? ""))) {
      const filtered = expected.filter((referrer) => referrer.artifactType === artifactType);
      expectReferrers(await listFiltered(repository, subject, artifactType), filtered);
    }
  }
}

async function deleteTags(repository: Repository, dataSet: DataSet): Promise<void> {
  for (const tag of dataSet.tags.keys()) await deleteTag(repository, tag);
}

async function deleteManifests(repository: Repository, dataSet: DataSet): Promise<void> {
  // An index goes before its children, which some registries keep as long as it is there.
  for (const manifest of [...dataSet.manifests].reverse()) {
    await deleteManifest(repository, manifest.descriptor.digest);
    for (const tag of dataSet.tagsOf(manifest)) {
      expectStatus(await pullManifest(repository, tag, "HEAD"), 404);
    }
  }
}

async function deleteBlobs(repository: Repository, dataSet: DataSet): Promise<void> {
  for (const manifest of [...dataSet.manifests].reverse()) {
    await deleteManifest(repository, manifest.descriptor.digest);
  }
  for (const blob of dataSet.blobs) await deleteBlob(repository, blob.descriptor.digest);
}
