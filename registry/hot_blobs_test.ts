import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import type { Blob } from "../storage/blobs.ts";
import { patternBytes } from "../storage/contract/bytes.ts";
import { blobData } from "../storage/layout.ts";
import {
  BLOB_BUFFERED_BYTES_MAX,
  HOT_BLOB_BYTES_MAX,
  HOT_BLOB_IDLE_MS,
  HOT_BLOBS_BYTES_MAX,
  SIGHTING_MS,
} from "../storage/limits.ts";
import { MemoryDriver } from "../storage/memory.ts";
import { openStore, type Store } from "../storage/store.ts";
import { pushBlob, Recorder, repository } from "../storage/store_kit.ts";
import { HotBlobs } from "./hot_blobs.ts";
import { isShared } from "./kept_body.ts";

const NAME = repository("library/alpine");
const SIZE = BLOB_BUFFERED_BYTES_MAX + 1;

interface Setup {
  readonly store: Store;
  readonly driver: MemoryDriver;
  readonly hotBlobs: HotBlobs;
  /** Moved by hand. */
  readonly clock: { nowMs: number };
  /** How often bytes were read whole. */
  reads(): number;
  push(size: number, seed: number): Promise<Blob>;
}

function setUp(): Setup {
  const driver = new MemoryDriver();
  const recorder = new Recorder(driver);
  const store = openStore(recorder.driver);
  const clock = { nowMs: 1_000 };
  return {
    store,
    driver,
    clock,
    hotBlobs: new HotBlobs(store.blobs, () => clock.nowMs),
    reads: () => recorder.operations.filter((each) => each.startsWith("get blobs/")).length,
    async push(size, seed): Promise<Blob> {
      const digest = await pushBlob(store, NAME, patternBytes(size, seed));
      const blob = await store.blobs.stat(NAME, digest);
      assert(blob !== null);
      return blob;
    },
  };
}

Deno.test("HotBlobs.body() keeps what is asked for twice in a moment, and reads it once", async () => {
  const { hotBlobs, push, reads } = setUp();
  const blob = await push(SIZE, 1);
  assertEquals(await hotBlobs.body(blob), null);
  const body = await hotBlobs.body(blob);
  assert(body !== null && isShared(body));
  for (let round = 0; round < 3; round++) {
    assertStrictEquals(await hotBlobs.body(blob), body);
    assertEquals(await new Response(body).bytes(), patternBytes(SIZE, 1));
  }
  assertEquals(reads(), 1);
});

Deno.test("HotBlobs.body() keeps nothing that is asked for once in a while", async () => {
  const { hotBlobs, clock, push, reads } = setUp();
  const blob = await push(SIZE, 1);
  for (let round = 0; round < 5; round++) {
    assertEquals(await hotBlobs.body(blob), null);
    clock.nowMs += SIGHTING_MS;
  }
  assertEquals(reads(), 0);
});

Deno.test("HotBlobs.body() lets one of those who ask at the same time read", async () => {
  const { hotBlobs, push, reads } = setUp();
  const blob = await push(SIZE, 1);
  const bodies = await Promise.all(Array.from({ length: 5 }, () => hotBlobs.body(blob)));
  assertEquals(bodies.map((body) => body !== null), [false, true, false, false, false]);
  assertEquals(reads(), 1);
});

Deno.test("HotBlobs.body() leaves small and large blobs to others", async () => {
  const { hotBlobs, push, reads } = setUp();
  const sizes = [0, BLOB_BUFFERED_BYTES_MAX, HOT_BLOB_BYTES_MAX + 1, HOT_BLOB_BYTES_MAX];
  for (const [seed, size] of sizes.entries()) {
    const blob = await push(size, seed);
    for (let round = 0; round < 3; round++) await hotBlobs.body(blob);
  }
  assertEquals(reads(), 1);
});

Deno.test("HotBlobs.body() keeps no more than fits, and gives up what nobody asks for", async () => {
  const { hotBlobs, clock, push } = setUp();
  const fitting = HOT_BLOBS_BYTES_MAX / HOT_BLOB_BYTES_MAX;
  const ask = async (blob: Blob): Promise<boolean> => {
    await hotBlobs.body(blob);
    return await hotBlobs.body(blob) !== null;
  };
  const blobs: Blob[] = [];
  for (let seed = 0; seed <= fitting; seed++) blobs.push(await push(HOT_BLOB_BYTES_MAX, seed));
  const [first, last] = [blobs[0], blobs[fitting]];
  assert(first !== undefined && last !== undefined);
  for (const blob of blobs) assertEquals(await ask(blob), blob !== last);
  clock.nowMs += HOT_BLOB_IDLE_MS - 1;
  const body = await hotBlobs.body(first);
  assert(body !== null);
  clock.nowMs += 1;
  // One that is used stays, the others go.
  assertEquals(await ask(last), true);
  assertStrictEquals(await hotBlobs.body(first), body);
});

Deno.test("HotBlobs.body() keeps neither damaged bytes nor those that are gone", async () => {
  const { hotBlobs, clock, driver, push, store } = setUp();
  const blob = await push(SIZE, 1);
  const damages = [patternBytes(SIZE, 2), patternBytes(SIZE - 1, 1), patternBytes(SIZE + 1, 1)];
  for (const damaged of [...damages, null]) {
    if (damaged === null) driver.remove(blobData(blob.digest));
    else driver.put(blobData(blob.digest), damaged);
    for (let round = 0; round < 3; round++) assertEquals(await hotBlobs.body(blob), null);
    clock.nowMs += SIGHTING_MS;
  }
  await pushBlob(store, NAME, patternBytes(SIZE, 1));
  await hotBlobs.body(blob);
  assert(await hotBlobs.body(blob) !== null);
});

Deno.test("HotBlobs.body() makes room again for what could not be kept", async () => {
  const { hotBlobs, clock, driver, push } = setUp();
  const blob = await push(HOT_BLOB_BYTES_MAX, 1);
  driver.put(blobData(blob.digest), new Uint8Array(HOT_BLOB_BYTES_MAX));
  for (let round = 0; round <= HOT_BLOBS_BYTES_MAX / HOT_BLOB_BYTES_MAX; round++) {
    await hotBlobs.body(blob);
    assertEquals(await hotBlobs.body(blob), null);
    clock.nowMs += SIGHTING_MS;
  }
  const other = await push(HOT_BLOB_BYTES_MAX, 2);
  await hotBlobs.body(other);
  assert(await hotBlobs.body(other) !== null);
});
