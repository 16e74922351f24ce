/**
 * The cases that distribution tests its own collection with: a store before, and what is left of it after.
 */

import { assert, assertEquals } from "@std/assert";
import { storeRoot, tagsDirectory } from "../../storage/layout.ts";
import { repository } from "../../storage/store_kit.ts";
import { berthGc, withStore } from "./run.ts";
import { filesOf, imageDocument, type StoredImage, type StoreWriter } from "./store.ts";

/** A store before, and the images of it that must be whole afterwards, or must be gone. */
interface CollectCase {
  readonly name: string;
  /** The name of the case in `registry/storage/garbagecollect_test.go`. */
  readonly theirs: string;
  readonly args: readonly string[];
  /** Writes the store; returns a look at what is left. */
  readonly write: (store: StoreWriter) => () => boolean;
}

const APP = "app";

function isGone(store: StoreWriter, { manifest, config, layer }: StoredImage): boolean {
  return [manifest, config, layer].every((digest) => !store.hasContent(digest));
}

/** Two images, and an index that lists them. */
function writeIndex(
  store: StoreWriter,
  tags: readonly string[] = [],
): {
  readonly one: StoredImage;
  readonly two: StoredImage;
  readonly index: StoredImage["manifest"];
} {
  const [one, two] = [store.image(APP, "one"), store.image(APP, "two")];
  return { one, two, index: store.index(APP, [one.manifest, two.manifest], tags) };
}

const CASES: readonly CollectCase[] = [
  {
    name: "keeps every manifest without -m, tagged or not",
    theirs: "TestNoDeletionNoEffect",
    args: [],
    write: (store) => {
      const { one, two, index } = writeIndex(store);
      return () =>
        [one, two].every((image) => store.hasImage(APP, image)) && store.hasManifest(APP, index);
    },
  },
  {
    name: "takes what a tag named once, and names no more",
    theirs: "TestDeleteManifestIfTagNotFound",
    args: ["-m"],
    write: (store) => {
      const [before, after] = [
        store.image(APP, "one", ["test"]),
        store.image(APP, "two", ["test"]),
      ];
      return () => isGone(store, before) && store.hasImage(APP, after);
    },
  },
  {
    name: "keeps a tagged index one of whose children was deleted, with the other child",
    theirs: "TestDeleteManifestIndexWithDanglingReferences",
    args: ["-m"],
    write: (store) => {
      const { one, two, index } = writeIndex(store, ["test"]);
      store.deleteManifest(APP, two.manifest);
      return () =>
        store.hasImage(APP, one) && store.hasManifest(APP, index) && !store.hasContent(two.layer);
    },
  },
  {
    name: "takes an index with its children once its tag is gone",
    theirs: "TestDeleteManifestIndexIfTagNotFound",
    args: ["-m"],
    write: (store) => {
      const { one, two, index } = writeIndex(store, ["test"]);
      store.remove(`${tagsDirectory(repository(APP))}/test`);
      return () => isGone(store, one) && isGone(store, two) && !store.hasContent(index);
    },
  },
  {
    name: "takes the layer links of a manifest that goes",
    theirs: "TestGCWithUnusedLayerLinkPath",
    args: ["-m"],
    write: (store) => {
      const image = store.image(APP, "one");
      return () => !store.hasLink(APP, image.layer) && !store.hasLink(APP, image.config);
    },
  },
  {
    name: "collects a repository that lost its directory of tags",
    theirs: "TestGCWithUnknownRepository",
    args: ["-m"],
    write: (store) => {
      const image = store.image(APP, "one", ["image"]);
      store.remove(tagsDirectory(repository(APP)));
      return () => isGone(store, image);
    },
  },
  {
    name: "collects a repository that lost its directory of manifests",
    theirs: "TestGCWithMissingManifests",
    args: [],
    write: (store) => {
      const image = store.image(APP, "one");
      store.remove(`${storeRoot}/repositories/${APP}/_manifests`);
      return () => isGone(store, image);
    },
  },
  {
    name: "takes the layers of deleted manifests",
    theirs: "TestDeletionHasEffect",
    args: [],
    write: (store) => {
      const [kept, ...deleted] = ["one", "two", "three"].map((text) => store.image(APP, text));
      for (const { manifest } of deleted) store.deleteManifest(APP, manifest);
      return () =>
        kept !== undefined && store.hasImage(APP, kept) &&
        deleted.every((image) => isGone(store, image));
    },
  },
  {
    name: "keeps a layer that a deleted manifest shared with another",
    theirs: "TestDeletionWithSharedLayer",
    args: [],
    write: (store) => {
      const kept = store.image(APP, "one");
      const config = store.blob(APP, "another config");
      const shared = store.manifest(APP, imageDocument(config, kept.layer, null));
      store.deleteManifest(APP, shared);
      return () => store.hasImage(APP, kept) && !store.hasContent(config);
    },
  },
  {
    name: "takes a blob that no manifest names",
    theirs: "TestOrphanBlobDeleted",
    args: [],
    write: (store) => {
      const orphan = store.blob(APP, "orphan");
      const kept = store.image(APP, "one");
      return () => !store.hasContent(orphan) && store.hasImage(APP, kept);
    },
  },
  {
    name: "keeps the untagged children of a tagged index",
    theirs: "TestTaggedManifestlistWithUntaggedManifest",
    args: ["-m"],
    write: (store) => {
      const { one, two, index } = writeIndex(store, ["test"]);
      return () =>
        [one, two].every((image) => store.hasImage(APP, image)) && store.hasManifest(APP, index);
    },
  },
  {
    name: "takes an untagged index with its untagged children",
    theirs: "TestUnTaggedManifestlistWithUntaggedManifest",
    args: ["-m"],
    write: (store) => {
      const { one, two, index } = writeIndex(store);
      return () => isGone(store, one) && isGone(store, two) && !store.hasContent(index);
    },
  },
  {
    name: "keeps the tagged children of an untagged index",
    theirs: "TestUnTaggedManifestlistWithTaggedManifest",
    args: ["-m"],
    write: (store) => {
      const { one, two, index } = writeIndex(store);
      store.tag(APP, "image1", one.manifest);
      store.tag(APP, "image2", two.manifest);
      return () =>
        !store.hasManifest(APP, index) && [one, two].every((image) => store.hasImage(APP, image));
    },
  },
  {
    name: "takes an untagged index whose children were deleted",
    theirs: "TestTaggedManifestlistWithDeletedReference",
    args: ["-m"],
    write: (store) => {
      const { one, two, index } = writeIndex(store);
      for (const { manifest } of [one, two]) store.deleteManifest(APP, manifest);
      return () => isGone(store, one) && isGone(store, two) && !store.hasContent(index);
    },
  },
];

for (const { name, theirs, args, write } of CASES) {
  Deno.test(`berth gc ${name} (${theirs})`, () =>
    withStore(async (store) => {
      const isRight = write(store);
      const before = await filesOf(store.root);
      const planned = await berthGc(store.root, [...args, "--dry-run"]);
      assertEquals([planned.code, await filesOf(store.root)], [0, before]);
      const { code, stdout } = await berthGc(store.root, args);
      assertEquals(code, 0, stdout);
      assert(isRight(), stdout);
      assertEquals(
        stdout.replace("Removed", "Would remove").replace("Freed", "Would free"),
        planned.stdout,
      );
    }));
}
