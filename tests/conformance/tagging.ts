/**
 * Cases of giving tags to manifests and of taking them off.
 *
 * @module
 */

import type { ConformanceCase } from "./case.ts";
import {
  expectEqual,
  expectManifest,
  expectStatus,
  listHeader,
  locationOf,
  Unsupported,
} from "./expect.ts";
import { expectTags, prepareImage, pushDataSet, pushManifest } from "./push_manifests.ts";
import { listTags, pullManifest } from "./read.ts";
import { deleteManifest, deleteTag } from "./remove.ts";

/** How many tags one push has to take where it takes any, and a number that may be too many. */
const TAGS_MIN = 10;
const TAGS_MANY = 200;

export const TAGGING_CASES: readonly ConformanceCase[] = [
  {
    id: "tagging/several-tags",
    name: "PUT of one manifest by several tags answers 201 each time",
    covers: ["v1.1.1/push/manifests/put"],
    run: async ({ repository, dataSet }) => {
      const image = await prepareImage(repository, dataSet());
      const tags = ["test0", "test1", "test2", "test3"];
      for (const tag of tags) {
        locationOf(expectStatus(await pushManifest(repository, tag, image), 201));
      }
      for (const tag of tags) expectManifest(await pullManifest(repository, tag), image);
    },
  },
  {
    id: "tagging/by-tag-alone",
    name: "a manifest that was pushed by tag alone can be pulled by digest",
    covers: ["v1.1.1/push/manifests/get-by-digest", "v1.1.1/pull/manifests/head-by-digest"],
    run: async ({ repository, dataSet }) => {
      const image = await prepareImage(repository, dataSet());
      expectStatus(await pushManifest(repository, "latest", image), 201);
      const { digest } = image.descriptor;
      expectManifest(await pullManifest(repository, digest, "HEAD"), image);
      expectManifest(await pullManifest(repository, digest), image);
    },
  },
  {
    id: "tagging/retag",
    name: "a tag that is pushed again names the new manifest, and the old one stays",
    covers: [],
    run: async ({ repository, dataSet }) => {
      const older = await prepareImage(repository, dataSet());
      const newer = await prepareImage(repository, dataSet());
      expectStatus(await pushManifest(repository, "latest", older), 201);
      expectStatus(await pushManifest(repository, "latest", newer), 201);
      expectManifest(await pullManifest(repository, "latest"), newer);
      expectManifest(await pullManifest(repository, older.descriptor.digest), older);
    },
  },
  {
    id: "tagging/long-tag",
    name: "a tag may have 128 characters of every kind that the spec allows",
    covers: [],
    run: async ({ repository, dataSet }) => {
      const image = await prepareImage(repository, dataSet());
      const tag = "_A-z.0".padEnd(128, "9");
      expectStatus(await pushManifest(repository, tag, image), 201);
      expectManifest(await pullManifest(repository, tag), image);
    },
  },
  {
    id: "tagging/tag-parameters",
    name: "PUT by digest with ten tag parameters answers OCI-Tag and sets ten tags",
    covers: [],
    run: async ({ repository, dataSet }) => {
      const image = await prepareImage(repository, dataSet());
      const tags = numberedTags(TAGS_MIN);
      const { digest } = image.descriptor;
      const answer = expectStatus(await pushManifest(repository, digest, image, tags), 201);
      expectTags(answer, tags);
      expectEqual(await listTags(repository), tags, "tags");
      for (const tag of tags) expectManifest(await pullManifest(repository, tag, "HEAD"), image);
    },
  },
  {
    id: "tagging/many-tag-parameters",
    name:
      "PUT by digest with 200 tag parameters sets those that OCI-Tag names, or answers 414 or 431",
    covers: [],
    run: async ({ repository, dataSet }) => {
      const image = await prepareImage(repository, dataSet());
      const { digest } = image.descriptor;
      const answer = await pushManifest(repository, digest, image, numberedTags(TAGS_MANY));
      const accepted = listHeader(expectStatus(answer, 201, 414, 431), "OCI-Tag");
      if (answer.status !== 201) return;
      if (accepted.length === 0) throw new Unsupported(`${answer.request} answered no OCI-Tag`);
      expectEqual(await listTags(repository), accepted, "tags");
    },
  },
  {
    id: "tagging/delete-tag",
    name: "DELETE of a tag leaves the other tags of its manifest",
    covers: ["v1.1.1/management/manifests/delete-tag"],
    run: async ({ repository, dataSet }) => {
      const image = await prepareImage(repository, dataSet());
      for (const tag of ["one", "two"]) {
        expectStatus(await pushManifest(repository, tag, image), 201);
      }
      await deleteTag(repository, "one");
      expectManifest(await pullManifest(repository, "two"), image);
      expectEqual(await listTags(repository), ["two"], "tags");
    },
  },
  {
    id: "tagging/delete-digest",
    name: "DELETE of a manifest removes every tag that names it, and no other",
    covers: [
      "v1.1.1/management/manifests/delete-digest",
      "v1.1.1/management/manifests/get-deleted",
      "v1.1.1/management/manifests/tag-list",
    ],
    run: async ({ repository, dataSet }) => {
      const content = dataSet();
      content.tag("kept", content.addImage());
      const image = content.addImage();
      content.tag("one", image);
      content.tag("two", image);
      await pushDataSet(repository, content);
      await deleteManifest(repository, image.digest);
      for (const tag of ["one", "two"]) {
        expectStatus(await pullManifest(repository, tag), 404);
      }
      expectEqual(await listTags(repository), ["kept"], "tags");
    },
  },
];

/** Tags in the order in which a list has them. */
function numberedTags(count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `tag-${`${i}`.padStart(4, "0")}`);
}
