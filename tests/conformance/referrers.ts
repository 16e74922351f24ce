/**
 * Cases of listing referrers, and of pushing manifests with a subject.
 *
 * @module
 */

import type { ConformanceCase } from "./case.ts";
import type { Repository } from "./client.ts";
import { expectHeader, expectStatus } from "./expect.ts";
import { type DataSet, type Descriptor, MEDIA_TYPES } from "./fixtures.ts";
import { pushBlobs } from "./push_blobs.ts";
import { pushDataSet, pushManifest } from "./push_manifests.ts";
import {
  expectReferrers,
  listFiltered,
  listReferrers,
  pullManifest,
  pullReferrers,
  referrersOf,
} from "./read.ts";
import { deleteManifest } from "./remove.ts";

export const REFERRER_CASES: readonly ConformanceCase[] = [
  {
    id: "referrers/absent-repository",
    name: "the referrers of any digest in an absent repository are an empty index",
    covers: ["dev/empty/referrers"],
    run: async ({ repository, blob }) => {
      const { digest } = blob().descriptor;
      expectReferrers(referrersOf(await pullReferrers(repository, digest)), []);
    },
  },
  {
    id: "referrers/absent-subject",
    name: "the referrers of an absent digest are an empty index",
    covers: ["v1.1.1/discovery/referrers/unknown"],
    run: async ({ repository, dataSet, blob }) => {
      const content = dataSet();
      content.addImage();
      await pushDataSet(repository, content);
      expectReferrers(await listReferrers(repository, blob().descriptor.digest), []);
    },
  },
  {
    id: "referrers/list",
    name: "a subject has the referrers pushed before it and after it, images and indexes",
    covers: ["v1.1.1/discovery/referrers/existing", "v1.1.1/discovery/setup"],
    run: async ({ repository, dataSet }) => {
      const { content, subject } = fiveReferrers(dataSet());
      await pushAround(repository, content, subject);
      const referrers = content.referrers(subject.digest);
      expectReferrers(await listReferrers(repository, subject.digest), referrers);
    },
  },
  {
    id: "referrers/filter",
    name: "artifactType leaves the referrers of that type",
    covers: ["v1.1.1/discovery/referrers/filter"],
    run: async ({ repository, dataSet }) => {
      const { content, subject } = fiveReferrers(dataSet());
      await pushAround(repository, content, subject);
      for (const artifactType of [MEDIA_TYPES.exampleA, MEDIA_TYPES.exampleB]) {
        const expected = content.referrers(subject.digest)
          .filter((referrer) => referrer.artifactType === artifactType);
        expectReferrers(await listFiltered(repository, subject.digest, artifactType), expected);
      }
      const none = await listFiltered(repository, subject.digest, MEDIA_TYPES.octetStream);
      expectReferrers(none, []);
    },
  },
  {
    id: "referrers/index-without-type",
    name: "an index without artifactType is listed without one",
    covers: [],
    run: async ({ repository, dataSet }) => {
      const content = dataSet();
      const subject = content.addImage();
      content.addIndex([], { subject });
      await pushDataSet(repository, content);
      const listed = await listReferrers(repository, subject.digest);
      expectReferrers(listed, content.referrers(subject.digest));
    },
  },
  {
    id: "referrers/missing-subject",
    name: "a manifest of an absent subject is listed for it",
    covers: ["v1.1.1/discovery/referrers/missing-subject"],
    run: async ({ repository, dataSet, blob }) => {
      const content = dataSet();
      const subject = { ...blob().descriptor, mediaType: MEDIA_TYPES.image };
      content.addArtifact(MEDIA_TYPES.exampleA, { subject });
      await pushDataSet(repository, content);
      const listed = await listReferrers(repository, subject.digest);
      expectReferrers(listed, content.referrers(subject.digest));
    },
  },
  {
    id: "referrers/sha512-subject",
    name: "a subject with a sha512 digest has its referrers",
    covers: [],
    run: async ({ repository, dataSet }) => {
      const content = dataSet("sha512");
      const subject = content.addImage();
      content.addArtifact(MEDIA_TYPES.exampleA, { subject });
      await pushDataSet(repository, content);
      const listed = await listReferrers(repository, subject.digest);
      expectReferrers(listed, content.referrers(subject.digest));
    },
  },
  {
    id: "referrers/pushed-twice",
    name: "a referrer that is pushed by digest and by tag is listed once",
    covers: [],
    run: async ({ repository, dataSet }) => {
      const content = dataSet();
      const subject = content.addImage();
      content.tag("artifact", content.addArtifact(MEDIA_TYPES.exampleA, { subject }));
      await pushDataSet(repository, content);
      await pushDataSet(repository, content);
      const listed = await listReferrers(repository, subject.digest);
      expectReferrers(listed, content.referrers(subject.digest));
    },
  },
  {
    id: "referrers/other-repository",
    name: "a referrer in another repository is not listed",
    covers: [],
    run: async ({ repository, otherRepository, dataSet }) => {
      const content = dataSet();
      const subject = content.addImage();
      await pushDataSet(repository, content);
      content.addArtifact(MEDIA_TYPES.exampleA, { subject });
      await pushDataSet(otherRepository, content);
      expectReferrers(await listReferrers(repository, subject.digest), []);
    },
  },
  {
    id: "referrers/deleted",
    name: "a referrer that was deleted is not listed",
    covers: [],
    run: async ({ repository, dataSet }) => {
      const content = dataSet();
      const subject = content.addImage();
      const artifact = content.addArtifact(MEDIA_TYPES.exampleA, { subject });
      content.addArtifact(MEDIA_TYPES.exampleB, { subject });
      await pushDataSet(repository, content);
      await deleteManifest(repository, artifact.digest);
      const kept = content.referrers(subject.digest)
        .filter(({ digest }) => digest !== artifact.digest);
      expectReferrers(await listReferrers(repository, subject.digest), kept);
    },
  },
  {
    id: "referrers/deleted-subject",
    name: "the referrers of a subject that was deleted stay listed as long as they are there",
    covers: [],
    run: async ({ repository, dataSet }) => {
      const content = dataSet();
      const subject = content.addImage();
      const artifact = content.addArtifact(MEDIA_TYPES.exampleA, { subject });
      await pushDataSet(repository, content);
      await deleteManifest(repository, subject.digest);
      const { status } = await pullManifest(repository, artifact.digest, "HEAD");
      const expected = status === 200 ? content.referrers(subject.digest) : [];
      expectReferrers(await listReferrers(repository, subject.digest), expected);
    },
  },
];

/** A subject with two images and two artifacts, of two types, and an index of a third type. */
function fiveReferrers(content: DataSet): { content: DataSet; subject: Descriptor } {
  const subject = content.addImage();
  const annotated = (
    note: string,
  ): { subject: Descriptor; annotations: Record<string, string> } => {
    return { subject, annotations: { "org.example.berth.note": note } };
  };
  for (const type of [MEDIA_TYPES.exampleA, MEDIA_TYPES.exampleB]) {
    const config = content.addBlob(type);
    content.addImage({ config, ...annotated(`the type of its config is ${type}`) });
    content.addArtifact(type, annotated(`its artifactType is ${type}`));
  }
  content.addIndex([], { artifactType: MEDIA_TYPES.layer, ...annotated("an index") });
  return { content, subject };
}

/** Pushes referrers before their subject and others after it; each answer has to name the subject. */
async function pushAround(
  repository: Repository,
  content: DataSet,
  subject: Descriptor,
): Promise<void> {
  await pushBlobs(repository, content.blobs);
  const [image, first, second, ...others] = content.manifests;
  for (const manifest of [first, second, image, ...others]) {
    if (manifest === undefined) continue;
    const { digest } = manifest.descriptor;
    const answer = expectStatus(await pushManifest(repository, digest, manifest), 201);
    if (manifest.subject !== null) expectHeader(answer, "OCI-Subject", subject.digest);
  }
}
