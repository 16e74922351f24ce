/**
 * What distribution's collection does wrong, on one store each: berth does it right, and distribution 2.8, on a copy
 * of the store, does not, which shows that the test can tell them apart.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { type Digest, digestHex } from "../../storage/digest.ts";
import {
  blobData,
  layerLink,
  storeRoot,
  tagCurrentLink,
  tagsDirectory,
} from "../../storage/layout.ts";
import { repository, tagOf } from "../../storage/store_kit.ts";
import { makeContent } from "../images.ts";
import { testWithPrograms } from "../programs.ts";
import type { Ended } from "../run_berth.ts";
import { berthGc, distributionGc, jsonLines, withCopy, withStore } from "./run.ts";
import { imageDocument, type StoreWriter } from "./store.ts";

/** A store on which the two programs differ. `T` is what of it has to be looked at afterwards. */
interface Defect<T> {
  readonly write: (store: StoreWriter) => T;
  readonly args: readonly string[];
  /** What is younger stays; distribution has no such flag. Nothing is too young if not said otherwise. */
  readonly minAge?: string;
  /** Whether the store is as it should be, after a collection that ended like this. */
  readonly isRight: (store: StoreWriter, written: T, ended: Ended) => boolean;
  /** Problems that berth is to report, with exit code 1. */
  readonly problems?: number;
}

function testDefect<T>(name: string, defect: Defect<T>): void {
  const { write, args, minAge = "0s", isRight, problems = 0 } = defect;
  const berthArgs = ["--json", "--min-age", minAge, ...args];
  Deno.test(`berth gc ${name}`, () =>
    withStore(async (store) => {
      const written = write(store);
      const ended = await berthGc(store.root, berthArgs);
      assertEquals([ended.code, ended.stderr], [problems > 0 ? 1 : 0, ""], ended.stdout);
      assertEquals(jsonLines(ended).at(-1)?.problems, problems);
      assert(isRight(store, written, ended), ended.stdout);
      const again = await berthGc(store.root, berthArgs);
      assertEquals(jsonLines(again).filter(({ type }) => type === "removal"), []);
    }));
  testWithPrograms(
    ["docker-registry"],
    `distribution, unlike berth gc, does not: ${name}`,
    () =>
      withStore(async (store) => {
        const written = write(store);
        await withCopy(store.root, async (copied) => {
          const ended = await distributionGc(copied.root, args);
          assert(!(ended.code === 0 && isRight(copied, written, ended)), ended.stdout);
        });
      }),
  );
}

testDefect("keeps the children of a tagged index", {
  args: ["-m"],
  write: (store) => {
    const children = [store.image("app", "amd64"), store.image("app", "arm64")];
    store.index("app", children.map(({ manifest }) => manifest), ["v1"]);
    return children;
  },
  isRight: (store, children) => children.every((child) => store.hasImage("app", child)),
});

testDefect("keeps what refers to a tagged image, and what refers to that", {
  args: ["-m"],
  write: (store) => {
    const image = store.image("app", "image", ["v1"]);
    const sbom = store.image("app", "sbom", [], image.manifest);
    return [sbom, store.image("app", "signature of the sbom", [], sbom.manifest)];
  },
  isRight: (store, referrers) => referrers.every((referrer) => store.hasImage("app", referrer)),
});

testDefect("keeps layers that are named by their sha512", {
  args: [],
  write: (store) => {
    const { alias, target } = store.aliasedBlob("app", "layer");
    store.manifest("app", imageDocument(store.blob("app", "config"), alias, null), ["v1"]);
    return { alias, target };
  },
  isRight: (store, { alias, target }) =>
    store.hasContent(target) && store.hasLink("app", alias) && store.hasLink("app", target),
});

testDefect("keeps a blob that was pushed a moment ago", {
  args: [],
  minAge: "1h",
  write: (store) => {
    store.image("app", "image", ["v1"]);
    const pushed = store.blob("app", "pushed, and not yet named by a manifest");
    store.touch(blobData(pushed));
    store.touch(layerLink(repository("app"), pushed));
    return pushed;
  },
  isRight: (store, pushed) => store.hasContent(pushed) && store.hasLink("app", pushed),
});

testDefect("judges the layer links of a repository by its own manifests", {
  args: [],
  write: (store) => {
    const kept = store.image("aa", "kept", ["v1"]);
    const shared = store.image("zz", "shared", ["v1"]);
    return { kept, shared, unneeded: store.blob("aa", "layer of shared") };
  },
  isRight: (store, { kept, shared, unneeded }) =>
    store.hasImage("aa", kept) && store.hasImage("zz", shared) && !store.hasLink("aa", unneeded),
});

testDefect("takes an untagged manifest of one repository that another one has tagged", {
  args: ["-m"],
  write: (store) => {
    store.image("zz", "shared", ["v1"]);
    return store.image("aa", "shared");
  },
  isRight: (store, image) =>
    store.hasImage("zz", image) && !store.hasManifest("aa", image.manifest) &&
    !store.hasLink("aa", image.layer),
});

testDefect("collects a repository without a directory of tags", {
  args: ["-m"],
  write: (store) => {
    const image = store.image("app", "image");
    store.remove(tagsDirectory(repository("app")));
    return image;
  },
  isRight: (store, image) =>
    !store.hasManifest("app", image.manifest) && !store.hasContent(image.layer) &&
    !store.has(`${storeRoot}/repositories/app`),
});

testDefect("goes on after a bad link, and collects the other repositories", {
  args: ["-m"],
  problems: 1,
  write: (store) => {
    const damaged = store.image("aa", "damaged", ["v1"]);
    store.file(tagCurrentLink(repository("aa"), tagOf("v1")), "");
    return { damaged, garbage: store.image("zz", "garbage") };
  },
  isRight: (store, { damaged, garbage }) =>
    store.hasImage("aa", damaged) && !store.hasContent(garbage.manifest),
});

testDefect("removes empty directories and repositories", {
  args: ["-m"],
  write: (store) => {
    store.image("kept", "kept", ["v1"]);
    const image = store.image("team/gone", "gone");
    store.deleteManifest("team/gone", image.manifest);
    return image;
  },
  isRight: (store, { layer }) =>
    !store.has(`${storeRoot}/repositories/team`) && store.has(`${storeRoot}/repositories/kept`) &&
    !store.has(`${storeRoot}/blobs/sha256/${shardOf(layer)}`),
});

testDefect("takes the children of a deleted index", {
  args: ["-m"],
  write: (store) => {
    const children = [store.image("app", "amd64"), store.image("app", "arm64")];
    const index = store.index("app", children.map(({ manifest }) => manifest), ["v1"]);
    store.deleteManifest("app", index);
    store.remove(`${tagsDirectory(repository("app"))}/v1`);
    store.image("app", "kept", ["v2"]);
    return children;
  },
  isRight: (store, children) =>
    children.every(({ manifest, layer }) =>
      !store.hasManifest("app", manifest) && !store.hasLink("app", layer) &&
      !store.hasContent(layer)
    ),
});

testDefect("removes uploads that nobody went on with", {
  args: [],
  write: (store) => {
    store.image("app", "image", ["v1"]);
    store.upload("app", "5e9f2d3c-1b2a-4c4d-8e8f-000102030405", "half a layer");
  },
  isRight: (store) =>
    !store.has(`${storeRoot}/repositories/app/_uploads/5e9f2d3c-1b2a-4c4d-8e8f-000102030405`),
});

testDefect("says how many bytes it freed", {
  args: [],
  write: (store) => {
    store.image("app", "image", ["v1"]);
    store.content(makeContent("", new Uint8Array(123_456)));
  },
  isRight: (_store, _written, { stdout }) => stdout.includes('"bytes":123456'),
});

testDefect("takes a fresh store for an empty one", {
  args: [],
  write: () => {},
  isRight: (_store, _written, { stdout }) => stdout.includes('"bytes":0'),
});

Deno.test("berth gc says what is wrong with a bad link, and where", () =>
  withStore(async (store) => {
    store.image("aa", "damaged", ["v1"]);
    store.file(tagCurrentLink(repository("aa"), tagOf("v1")), "sha256:cut");
    const { code, stderr } = await berthGc(store.root);
    assertEquals(code, 1);
    assertMatch(stderr, /^berth gc: aa: tag v1: its link is missing, empty or damaged/m);
  }));

function shardOf(digest: Digest): string {
  return digestHex(digest).slice(0, 2);
}
