import { assert, assertEquals } from "@std/assert";
import { textBytes } from "../storage/contract/bytes.ts";
import { GC_UPLOAD_AGE_MS } from "../storage/limits.ts";
import { MemoryDriver } from "../storage/memory.ts";
import { openStore } from "../storage/store.ts";
import { digestOf, imageOf, pushBlob, repository, tagOf } from "../storage/store_kit.ts";
import { collect } from "./collect.ts";

const LAYER = "a layer that two programs filed differently";

Deno.test("collect() keeps what an alias leads to, though another repository has the content itself", async () => {
  let nowMs = 0;
  const store = openStore(new MemoryDriver({ clock: () => nowMs }));
  const [aliased, own] = [repository("aliased"), repository("own")];
  const [sha256, sha512] = [digestOf(LAYER), digestOf(LAYER, "sha512")];
  await pushBlob(store, own, textBytes(LAYER), "sha512");
  await pushBlob(store, aliased, textBytes(LAYER));
  // As distribution writes it.
  await store.blobs.link(aliased, sha512, sha256);
  await pushBlob(store, aliased, textBytes("config"));
  const image = imageOf("config", LAYER);
  const text = new TextDecoder().decode(image.bytes).replace(sha256, sha512);
  const bytes = textBytes(text);
  const [config] = image.blobs;
  assert(config !== undefined);
  const blobs = [config, sha512];
  const tags = [tagOf("latest")];
  assertEquals(
    await store.manifests.put(aliased, { ...image, digest: digestOf(text), bytes, blobs, tags }),
    [],
  );
  nowMs = 1_000;
  await collect(store, {
    isDryRun: false,
    isPatient: true,
    deleteUntagged: true,
    minAgeMs: 0,
    uploadAgeMs: GC_UPLOAD_AGE_MS,
    isInScope: () => true,
    retention: () => null,
    nowMs: () => 0,
  });
  assertEquals((await store.blobs.stat(aliased, sha512))?.digest, sha256);
});
