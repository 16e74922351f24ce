/**
 * What `berth gc` and `berth garbage-collect` take, print and leave alone.
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { Digest } from "../../storage/digest.ts";
import { blobData, tagCurrentLink } from "../../storage/layout.ts";
import { openStore } from "../../storage/store.ts";
import { FilesystemDriver } from "../../storage/filesystem.ts";
import { digestOf, repository, tagOf } from "../../storage/store_kit.ts";
import { withTempDir } from "../harness.ts";
import { testWithPrograms } from "../programs.ts";
import { runBerth } from "../run_berth.ts";
import { berthGc, distributionGc, jsonLines, withConfig, withCopy, withStore } from "./run.ts";
import { snapshot, type StoreWriter, unknownDocument } from "./store.ts";

/** An image that is tagged, and one that is not. */
function writeTwo(store: StoreWriter): void {
  store.image("app", "kept", ["v1"]);
  store.image("app", "dead");
}

Deno.test("berth gc --dry-run changes nothing, and says what would go", () =>
  withStore(async (store) => {
    writeTwo(store);
    const before = await snapshot(store.root);
    const { code, stdout, stderr } = await berthGc(store.root, ["-d", "-m"]);
    assertEquals([code, stderr], [0, ""]);
    assertMatch(stdout, /^Would remove 1 manifest, 2 layer links, 3 blobs/m);
    assertMatch(stdout, /^Would free [\d.]+ B; 3 blobs stay$/m);
    assertEquals(await snapshot(store.root), before);
  }));

Deno.test("berth gc refuses a directory that is no store, and leaves it alone", () =>
  withTempDir("gc_foreign", async (root) => {
    await Deno.writeTextFile(`${root}/letter`, "dear");
    const before = await snapshot(root);
    const { code, stderr } = await berthGc(root, ["-m"]);
    assertEquals(code, 1);
    assertMatch(stderr, /not a store/);
    assertEquals(await snapshot(root), before);
  }));

Deno.test("berth gc --json prints the documented fields", () =>
  withStore(async (store) => {
    writeTwo(store);
    const lines = jsonLines(await berthGc(store.root, ["--json", "-m"]));
    const fieldsOf = (kind: string): string[] =>
      Object.keys(lines.find((line) => line.kind === kind) ?? {}).sort();
    assertEquals(fieldsOf("manifest"), [
      "bytes",
      "digest",
      "fate",
      "kind",
      "name",
      "reason",
      "subject",
      "tags",
      "type",
    ]);
    assertEquals(fieldsOf("layer"), ["bytes", "digest", "fate", "kind", "name", "reason", "type"]);
    assertEquals(fieldsOf("blob"), ["bytes", "digest", "fate", "kind", "reason", "type"]);
    assertEquals(Object.keys(lines.at(-1) ?? {}), [
      "type",
      "isDryRun",
      "bytes",
      "removed",
      "spared",
      "blobsMarked",
      "problems",
    ]);
    assert(lines.slice(0, -1).every(({ type, fate }) => type === "removal" && fate === "removed"));
  }));

Deno.test("berth gc --quiet prints the totals only", () =>
  withStore(async (store) => {
    writeTwo(store);
    const { stdout } = await berthGc(store.root, ["-q", "-m", "-d"]);
    assertEquals(stdout.split("\n").length, 3, stdout);
    assertEquals(jsonLines(await berthGc(store.root, ["-q", "-m", "--json"])).length, 1);
  }));

Deno.test("berth gc --repo removes only in repositories that match", () =>
  withStore(async (store) => {
    const [mine, yours] = [store.image("team/mine", "mine"), store.image("other/yours", "yours")];
    assertEquals((await berthGc(store.root, ["-m", "--repo", "team/*"])).code, 0);
    assertEquals(store.hasManifest("team/mine", mine.manifest), false);
    assert(store.hasImage("other/yours", yours));
  }));

Deno.test("berth gc keeps all that a manifest of an unknown media type names", () =>
  withStore(async (store) => {
    const blob = store.blob("app", "needed by nobody knows what");
    store.manifest("app", unknownDocument(blob), ["v1"]);
    assertEquals((await berthGc(store.root, ["-m"])).code, 0);
    assert(store.hasLink("app", blob) && store.hasContent(blob));
  }));

Deno.test("berth gc removes tags by flags and by a file of rules", () =>
  withStore(async (store) => {
    for (const tag of ["v1", "nightly-1", "nightly-2"]) store.image("app", tag, [tag]);
    const flags = await berthGc(store.root, ["-d", "--json", "--keep-last=0", "--keep-tags=^v"]);
    await Deno.writeTextFile(
      `${store.root}/rules.yml`,
      "- {repositories: app, keepTags: ^v, olderThan: 30d}\n",
    );
    const rules = await berthGc(store.root, [
      "-d",
      "--json",
      "--rules",
      `${store.root}/rules.yml`,
    ]);
    for (const ended of [flags, rules]) {
      const tags = jsonLines(ended).filter(({ kind }) => kind === "tag").map(({ tag }) => tag);
      assertEquals(tags.sort(), ["nightly-1", "nightly-2"]);
    }
  }));

interface Explained {
  readonly name: string;
  readonly args: readonly string[];
  readonly digest: (store: StoreWriter) => Digest;
  readonly says: RegExp;
  readonly code?: number;
}

const EXPLAINED: readonly Explained[] = [
  {
    name: "the layer of a tagged image",
    args: ["-m"],
    digest: (store) => store.image("app", "x", ["v1"]).layer,
    says: /is kept by app:\n {2}layer of sha256:\w+\n {4}tagged v1\n$/,
  },
  {
    name: "the config of the child of a tagged index",
    args: ["-m"],
    digest: (store) => {
      const { manifest, config } = store.image("app", "x");
      store.index("app", [manifest], ["v1"]);
      return config;
    },
    says: / {2}config of sha256:\w+\n {4}child of sha256:\w+\n {6}tagged v1\n$/,
  },
  {
    name: "a referrer",
    args: ["-m"],
    digest: (store) => {
      const { manifest } = store.image("app", "x", ["v1"]);
      return store.image("app", "signature", [], manifest).manifest;
    },
    says: / {2}referrer of sha256:\w+\n {4}tagged v1\n$/,
  },
  {
    name: "an untagged manifest",
    args: [],
    digest: (store) => store.image("app", "x").manifest,
    says: /no tag leads to it, but --delete-untagged is not given/,
  },
  {
    name: "a manifest that is too young",
    args: ["-m", "--min-age", "36500d"],
    digest: (store) => store.image("app", "x").manifest,
    says: /touched within --min-age/,
  },
  {
    name: "a manifest out of scope",
    args: ["-m", "--repo", "other"],
    digest: (store) => store.image("app", "x").manifest,
    says: /the repository does not match --repo/,
  },
  {
    name: "a manifest in the history of a damaged tag",
    args: ["-m"],
    digest: (store) => {
      const { manifest } = store.image("app", "x", ["v1"]);
      store.file(tagCurrentLink(repository("app"), tagOf("v1")), "");
      return manifest;
    },
    says: /in the history of the tag v1, whose link is damaged/,
  },
  {
    name: "a blob beside a manifest that cannot be read",
    args: ["-m"],
    digest: (store) => {
      store.file(blobData(store.image("app", "x", ["v1"]).manifest), "junk");
      return store.blob("app", "maybe needed");
    },
    says: /a manifest of the repository cannot be read, and might need it/,
  },
  {
    name: "what an unknown manifest names",
    args: ["-m"],
    digest: (store) => {
      const blob = store.blob("app", "needed");
      store.manifest("app", unknownDocument(blob), ["v1"]);
      return blob;
    },
    says: /named by sha256:\w+, whose type is not known/,
  },
  {
    name: "a manifest that would go",
    args: ["-m"],
    digest: (store) => store.image("app", "x").manifest,
    says: /^manifest app@sha256:\w+ would be removed: untagged$/m,
  },
  {
    name: "a digest that is not there",
    args: ["-m"],
    digest: () => digestOf("nowhere"),
    says: /is not in the store, or is too young to be looked at/,
    code: 1,
  },
];

for (const { name, args, digest, says, code = 0 } of EXPLAINED) {
  Deno.test(`berth gc --explain says what becomes of ${name}`, () =>
    withStore(async (store) => {
      const target = digest(store);
      const before = await snapshot(store.root);
      const ended = await berthGc(store.root, [...args, "--explain", target]);
      assertMatch(ended.stdout, says);
      assertEquals(ended.code, code);
      assertEquals(await snapshot(store.root), before);
    }));
}

const MISUSES: readonly [args: readonly string[], message: string][] = [
  [["--min-age", "soon"], 'Cannot use --min-age "soon": expected a duration'],
  [["--keep-last=-1"], "is no whole number"],
  [["--keep-last", "many"], "is no whole number"],
  [["--older-than", "30 parsecs"], "is no duration such as 30d"],
  [["--keep-last", "1", "--keep-tags", "("], "is no regular expression"],
  [["--keep-tags", "^v"], "keep-tags says only what stays"],
  [["--explain", "sha256:cut"], 'Cannot use --explain "sha256:cut": it is no digest'],
  [["--keep-last", "1", "--rules", "x.yml"], "exclude each other"],
  [["--dry-rum"], "Unknown flag --dry-rum; did you mean --dry-run?"],
];

for (const [args, message] of MISUSES) {
  Deno.test(`berth gc ${args.join(" ")} is refused with the usage`, () =>
    withStore(async (store) => {
      writeTwo(store);
      const before = await snapshot(store.root);
      const { code, stdout, stderr } = await runBerth(["gc", "--root", store.root, ...args]);
      assertEquals([code, stdout], [2, ""]);
      assertStringIncludes(stderr, message);
      assertStringIncludes(stderr, "Usage: berth gc");
      assertEquals(await snapshot(store.root), before);
    }));
}

Deno.test("berth gc leaves when another collection is under way", () =>
  withStore(async (store) => {
    writeTwo(store);
    const { gate } = openStore(new FilesystemDriver(store.root));
    const ended = await gate.collecting(false, () => berthGc(store.root, ["-m"]));
    assertEquals(ended?.code, 1);
    assertMatch(ended?.stderr ?? "", /another collection .* is under way; --wait waits for it/);
  }));

Deno.test("berth gc --wait waits for another collection to end", () =>
  withStore(async (store) => {
    writeTwo(store);
    const { gate } = openStore(new FilesystemDriver(store.root));
    let waiting: ReturnType<typeof berthGc> | null = null;
    await gate.collecting(false, async () => {
      waiting = berthGc(store.root, ["-m", "--wait"]);
      await berthGc(store.root, ["-d"]);
    });
    const { code, stdout } = await (waiting ?? berthGc(store.root, ["-d"]));
    assertEquals(code, 0);
    assertMatch(stdout, /^Removed 1 manifest/m);
  }));

testWithPrograms(
  ["docker-registry"],
  "berth garbage-collect prints the lines that distribution prints of the same store",
  () =>
    withStore(async (store) => {
      writeTwo(store);
      store.image("other", "kept too", ["v1"]);
      const args = ["--dry-run", "--delete-untagged"];
      const theirs = await withCopy(store.root, (copied) => distributionGc(copied.root, args));
      const ours = await withConfig(
        store.root,
        (config) => runBerth(["garbage-collect", "--min-age=0s", ...args, config]),
      );
      assertEquals([ours.code, theirs.code], [0, 0]);
      // Version 2.8 prints the digest alone where 3 adds the repository and the tags, and knows no layer links.
      const lines = (text: string): string[] =>
        text.split("\n").filter((line) => !line.includes("layer link"))
          .map((line) => line.replace(/\{\S+ (\S+) \[.*\]\}/, "$1")).sort();
      assertEquals(lines(ours.stdout), lines(theirs.stdout));
      assertMatch(ours.stdout, /^manifest eligible for deletion: \{app sha256:\w+ \[\]\}$/m);
    }),
);
