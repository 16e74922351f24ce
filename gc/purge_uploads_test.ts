import { assertEquals } from "@std/assert";
import { uploadDirectory, uploadStartedAt } from "../storage/layout.ts";
import { MemoryDriver } from "../storage/memory.ts";
import type { UploadId } from "../storage/names.ts";
import { openStore, type Store } from "../storage/store.ts";
import { bodyOf, repository } from "../storage/store_kit.ts";
import { type PurgeFate, purgeUploads } from "./purge_uploads.ts";

const NAME = repository("a/b");
const LATER_MS = Date.now() + 1_000_000;

async function purge(
  store: Store,
  olderThanMs = LATER_MS,
  isDryRun = false,
): Promise<readonly (readonly [UploadId, PurgeFate])[]> {
  const fates: [UploadId, PurgeFate][] = [];
  await purgeUploads(store, { olderThanMs, isDryRun }, (_, id, fate) => fates.push([id, fate]));
  return fates;
}

Deno.test("purgeUploads() removes what began before the time, with its directory", async () => {
  const driver = new MemoryDriver();
  const store = openStore(driver);
  const id = await store.uploads.start(NAME);
  assertEquals(await purge(store, 0), []);
  assertEquals(await purge(store), [[id, "removed"]]);
  assertEquals(await driver.stat(uploadDirectory(NAME, id)), null);
});

Deno.test("purgeUploads() tells what would go in a dry run, and touches nothing", async () => {
  const store = openStore(new MemoryDriver());
  const id = await store.uploads.start(NAME);
  assertEquals(await purge(store, LATER_MS, true), [[id, "planned"]]);
  assertEquals(await store.uploads.isThere(NAME, id), true);
});

Deno.test("purgeUploads() keeps what does not say when it began", async () => {
  const driver = new MemoryDriver();
  const store = openStore(driver);
  const unreadable = await store.uploads.start(NAME);
  await driver.put(uploadStartedAt(NAME, unreadable), new TextEncoder().encode("yesterday"));
  const missing = await store.uploads.start(NAME);
  await driver.remove(uploadStartedAt(NAME, missing));
  const fates = await purge(store);
  assertEquals(new Map(fates), new Map([[unreadable, "undated"], [missing, "undated"]]));
  assertEquals(await store.uploads.isThere(NAME, missing), true);
});

Deno.test("purgeUploads() keeps an old upload that still gets bytes", async () => {
  let nowMs = 1_000_000;
  const store = openStore(new MemoryDriver({ clock: () => nowMs }));
  // The registry's own clock tells when an upload begins, that of the driver when it got bytes.
  const id = await store.uploads.start(NAME);
  nowMs = LATER_MS + 1;
  await store.uploads.append(NAME, id, { body: bodyOf([new Uint8Array(3)]), start: 0 });
  assertEquals(await purge(store), []);
  assertEquals(await purge(store, LATER_MS + 2), [[id, "removed"]]);
});
