import { assertEquals } from "@std/assert";
import { digestBytes } from "../../storage/digest.ts";
import type { StoragePath } from "../../storage/driver.ts";
import {
  below,
  blobData,
  quarantinedBlob,
  referrerLink,
  referrersIndexed,
  stagingDirectory,
  uploadData,
} from "../../storage/layout.ts";
import { MemoryDriver } from "../../storage/memory.ts";
import { newUploadId, parseRepositoryName } from "../../storage/names.ts";
import { openStore, type Store } from "../../storage/store.ts";
import { APP, ODDITIES, type StoreFiles, writeApp } from "./oddities.ts";
import type { Problem, ProblemKind } from "../../cli/inspect/problem.ts";
import { isRepairable, repairAll } from "../../cli/inspect/repair.ts";
import { type Survey, surveyStore } from "../../cli/inspect/survey.ts";

const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2026, 5, 1);

interface Expected {
  readonly found: readonly ProblemKind[];
  /** After a repair. */
  readonly left: readonly ProblemKind[];
}

const RESTORED: readonly [RegExp, Expected][] = [
  [/^a link to nothing for a tag$/, { found: ["dangling-tag"], left: [] }],
  [/ for a tag$/, { found: ["damaged-tag"], left: [] }],
  [/^a link to nothing for a /, { found: ["dangling-link"], left: [] }],
  [/ for a (?:manifest|blob)$/, { found: ["damaged-link"], left: [] }],
];

const OTHERS: Readonly<Record<string, Expected>> = {
  "a tag that names nothing": { found: ["damaged-tag"], left: [] },
  "a tag whose manifest has no link": {
    found: ["dangling-tag", "orphan-blob"],
    left: ["orphan-blob"],
  },
  "a tag whose manifest has lost its bytes": {
    found: ["dangling-link", "dangling-tag", "lost-blob"],
    left: ["lost-blob"],
  },
  "a blob that has lost its bytes": {
    found: ["dangling-link", "lost-blob", "missing-content"],
    left: ["lost-blob", "missing-content"],
  },
  "a sha512 link that leads to a sha256 blob": { found: [], left: [] },
  "a sha512 link that leads to nothing": { found: ["dangling-link"], left: [] },
  "names that cannot be tags among the tags": {
    found: ["foreign", "foreign"],
    left: ["foreign", "foreign"],
  },
  "a stray file among the tags": { found: ["foreign"], left: ["foreign"] },
  "an upload that has no data": { found: ["abandoned-upload"], left: ["abandoned-upload"] },
  "an upload that is no directory": { found: ["foreign"], left: ["foreign"] },
};

for (const oddity of ODDITIES) {
  Deno.test(`surveyStore() tells of a store with ${oddity.name}, and repairAll() mends it`, async () => {
    const { driver, store, files } = await appStore();
    await oddity.happen(files);
    const expected = OTHERS[oddity.name] ??
      RESTORED.find(([pattern]) => pattern.test(oddity.name))?.[1];
    const { problems } = await survey(driver, store);
    assertEquals(kindsOf(problems), expected?.found);
    await repair(store, problems);
    const after = await survey(driver, openStore(driver));
    assertEquals(kindsOf(after.problems), expected?.left);
  });
}

Deno.test("repairAll() makes an image whole again whose links are empty", async () => {
  const { driver, store, files } = await appStore();
  for (const oddity of ODDITIES.filter(({ name }) => name.startsWith("an empty link"))) {
    await oddity.happen(files);
  }
  const { problems } = await survey(driver, store);
  assertEquals(kindsOf(problems), ["damaged-link", "damaged-link", "damaged-tag"]);
  await repair(store, problems);
  const again = await survey(driver, store);
  await repair(store, again.problems);
  assertEquals((await survey(driver, store)).problems, []);
});

Deno.test("surveyStore() counts what repositories hold together and alone", async () => {
  const { driver, store } = await appStore();
  const other = repository("other");
  const [layer] = APP.layers;
  if (layer === undefined) throw new TypeError("The image has no layer");
  await store.blobs.mount(other, repository("app"), layer.digest);
  const { survey: { totals, repositories } } = await survey(driver, store);
  const shared = layer.bytes.length;
  assertEquals(repositories.map(({ name, tags, manifests }) => [name, tags, manifests]), [
    ["app", 1, 1],
    ["other", 0, 0],
  ]);
  assertEquals(repositories.map(({ uniqueBytes }) => uniqueBytes), [totals.bytes - shared, 0]);
  assertEquals([totals.sharedBytes, totals.orphanBytes], [shared, 0]);
  assertEquals([totals.blobs, totals.collectableBytes], [4, 0]);
});

Deno.test("surveyStore() tells of orphans, leftovers and uploads that got no bytes for a week", async () => {
  const { driver, store } = await appStore(NOW_MS - 8 * DAY_MS);
  const bytes = new Uint8Array([1, 2, 3]);
  driver.put(blobData(digestBytes(bytes, "sha256")), bytes);
  driver.put(below(stagingDirectory, crypto.randomUUID()), bytes);
  driver.put(uploadData(repository("app"), newUploadId()), bytes);
  const { problems, survey: { totals } } = await survey(driver, store);
  assertEquals(kindsOf(problems), ["abandoned-upload", "orphan-blob", "staging-leftover"]);
  assertEquals([totals.orphanBytes, totals.collectableBytes], [3, 9]);
});

Deno.test("surveyStore() tells of a blob of another size than the manifest says", async () => {
  const { driver, store } = await appStore();
  driver.put(blobData(APP.config.digest), new Uint8Array([1]));
  const { problems } = await survey(driver, store);
  assertEquals(kindsOf(problems), ["size-mismatch"]);
});

Deno.test("repairAll() brings the referrers index in line with the manifests", async () => {
  const { driver, store } = await appStore();
  const name = repository("app");
  const bytes = new TextEncoder().encode(JSON.stringify({
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.index.v1+json",
    manifests: [],
    subject: { mediaType: "x/y", digest: APP.manifest.digest, size: APP.manifest.bytes.length },
  }));
  const referrer = digestBytes(bytes, "sha256");
  const put = { digest: referrer, bytes, blobs: [], manifests: [], tags: [] };
  await store.manifests.put(name, { ...put, subject: APP.manifest.digest });
  driver.remove(referrerLink(name, APP.manifest.digest, referrer));
  await store.referrers.put(name, APP.config.digest, APP.manifest.digest);
  driver.put(referrersIndexed(name), new TextEncoder().encode("2030-01-01T00:00:00Z"));
  const { problems } = await survey(driver, store);
  assertEquals(kindsOf(problems), ["missing-referrer", "stale-referrer"]);
  await repair(store, problems);
  assertEquals((await survey(driver, store)).problems, []);
  assertEquals(await store.referrers.list(name, APP.manifest.digest), [referrer]);
});

Deno.test("repairAll() moves a damaged blob aside, but not one that was pushed again", async () => {
  const { driver, store } = await appStore();
  const { digest } = APP.config;
  const blob = await store.blobs.statContent(digest);
  if (blob === null) throw new TypeError("The config is missing");
  const damaged = (size: number): Problem => ({
    kind: "corrupt-blob",
    path: blobData(digest),
    detail: "",
    repair: { kind: "quarantine", digest, size, modifiedMs: blob.modifiedMs },
  });
  assertEquals(await repair(store, [damaged(blob.size + 1)]), [false]);
  assertEquals(driver.stat(quarantinedBlob(digest)), null);
  assertEquals(await repair(store, [damaged(blob.size)]), [true]);
  assertEquals(driver.stat(blobData(digest)), null);
  assertEquals(driver.stat(quarantinedBlob(digest))?.size, blob.size);
});

async function appStore(
  nowMs = NOW_MS,
): Promise<{ driver: MemoryDriver; store: Store; files: StoreFiles }> {
  const driver = new MemoryDriver({ clock: () => nowMs });
  const files: StoreFiles = {
    write: (path, bytes) => Promise.resolve(driver.put(path as StoragePath, bytes)),
    remove: (path) => Promise.resolve(void driver.removeAll(path as StoragePath)),
  };
  await writeApp(files);
  return { driver, store: openStore(driver), files };
}

async function survey(
  driver: MemoryDriver,
  store: Store,
): Promise<{ survey: Survey; problems: readonly Problem[] }> {
  const problems: Problem[] = [];
  const found = await surveyStore(store, driver, {
    onProblem: (problem) => problems.push(problem),
    onProgress: () => {},
    nowMs: NOW_MS,
  });
  return { survey: found, problems };
}

async function repair(store: Store, problems: readonly Problem[]): Promise<readonly boolean[]> {
  const done: boolean[] = [];
  await repairAll(store, problems.filter(isRepairable), (_, isDone) => done.push(isDone));
  return done;
}

function kindsOf(problems: readonly Problem[]): readonly ProblemKind[] {
  return problems.map(({ kind }) => kind).sort();
}

function repository(text: string): NonNullable<ReturnType<typeof parseRepositoryName>> {
  const name = parseRepositoryName(text);
  if (name === null) throw new TypeError("The name of the test is malformed");
  return name;
}
