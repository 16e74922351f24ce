import { assertEquals } from "@std/assert";
import { textBytes } from "./contract/bytes.ts";
import { MemoryDriver } from "./memory.ts";
import { openStore } from "./store.ts";
import { pushBlob, pushImage, repository } from "./store_kit.ts";
import { surveyStore } from "./store_survey.ts";

Deno.test("surveyStore() finds nothing in an empty store", async () => {
  assertEquals(await surveyStore(openStore(new MemoryDriver())), {
    blobs: 0,
    bytes: 0,
    repositories: 0,
    uploads: 0,
  });
});

Deno.test("surveyStore() counts each blob once, whoever holds it, and uploads that are under way", async () => {
  const store = openStore(new MemoryDriver());
  const before = await surveyStore(store);
  await pushBlob(store, repository("team/blobs"), textBytes("twelve bytes"));
  await pushBlob(store, repository("other"), textBytes("twelve bytes"));
  assertEquals(await surveyStore(store), { ...before, blobs: 1, bytes: 12 });
  await pushImage(store, repository("team/app"), "image");
  await store.uploads.start(repository("team/app"));
  await store.uploads.start(repository("new"));
  const { repositories, uploads, blobs } = await surveyStore(store);
  assertEquals({ repositories, uploads }, { repositories: 1, uploads: 2 });
  assertEquals(blobs > 1, true);
});
