import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { concatenate } from "./concatenate.ts";
import { patternBytes, textBytes } from "./contract/bytes.ts";
import { digestBytes } from "./digest.ts";
import type { StorageDriver } from "./driver.ts";
import { StorageError } from "./errors.ts";
import { FaultyDriver, type FaultyOperation } from "./faulty_driver.ts";
import { FilesystemDriver } from "./filesystem.ts";
import { blobData, uploadData, uploadDirectory, uploadStartedAt } from "./layout.ts";
import { UPLOAD_WRITE_BYTES } from "./limits.ts";
import { MemoryDriver } from "./memory.ts";
import { newUploadId, type UploadId } from "./names.ts";
import { openStore, type Store } from "./store.ts";
import {
  bodyOf,
  digestOf,
  filesOf,
  Recorder,
  repository,
  valueOf,
  withDirectory,
} from "./store_kit.ts";
import { type AnnouncedDigest, UploadDigests } from "./upload_digests.ts";
import type { UploadChunk } from "./uploads.ts";

const NAME = repository("library/alpine");
const DISK_FULL = new StorageError("full", "Cannot write: no space left on the device");
const NOTHING: UploadChunk = { body: null, start: null };

function chunkOf(bytes: Uint8Array, start: number | null = null): UploadChunk {
  return { body: bodyOf([bytes]), start };
}

async function startWith(store: Store, text: string): Promise<UploadId> {
  const id = await store.uploads.start(NAME);
  valueOf(await store.uploads.append(NAME, id, chunkOf(textBytes(text))));
  return id;
}

/** The bytes of an upload so far. */
async function bytesOf(driver: StorageDriver, id: UploadId): Promise<Uint8Array | null> {
  return await driver.get(uploadData(NAME, id), Number.MAX_SAFE_INTEGER);
}

Deno.test("Uploads.start() begins an empty upload that says when", async () => {
  const driver = new MemoryDriver();
  const { uploads } = openStore(driver);
  const beforeMs = Math.floor(Date.now() / 1_000) * 1_000;
  const id = await uploads.start(NAME);
  const upload = await uploads.stat(NAME, id);
  assert(upload !== null && upload.startedMs !== null);
  assertEquals(upload.size, 0);
  assert(upload.startedMs >= beforeMs && upload.startedMs <= Date.now());
  const startedAt = new TextDecoder().decode(
    driver.get(uploadStartedAt(NAME, id), 100) ?? undefined,
  );
  assert(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(startedAt), startedAt);
});

Deno.test("Uploads.stat() is null for an unknown upload and for one of another repository", async () => {
  const { uploads } = openStore(new MemoryDriver());
  const id = await uploads.start(NAME);
  assertEquals(await uploads.stat(NAME, newUploadId()), null);
  assertEquals(await uploads.stat(repository("library/other"), id), null);
});

Deno.test("Uploads.stat() does without a time that is missing or damaged", async () => {
  const driver = new MemoryDriver({ clock: () => 1_000 });
  const { uploads } = openStore(driver);
  const id = await uploads.start(NAME);
  driver.put(uploadStartedAt(NAME, id), textBytes(""));
  assertEquals(await uploads.stat(NAME, id), { size: 0, startedMs: null, modifiedMs: 1_000 });
  driver.remove(uploadStartedAt(NAME, id));
  assertEquals(await uploads.stat(NAME, id), { size: 0, startedMs: null, modifiedMs: 1_000 });
});

Deno.test("Uploads.append() gives the new size, and finish() the blob", async () => {
  const store = openStore(new MemoryDriver());
  const id = await store.uploads.start(NAME);
  assertEquals(valueOf(await store.uploads.append(NAME, id, chunkOf(textBytes("one ")))), 4);
  assertEquals(valueOf(await store.uploads.append(NAME, id, chunkOf(textBytes("two "), 4))), 8);
  assertEquals(valueOf(await store.uploads.append(NAME, id, NOTHING)), 8);
  const digest = digestOf("one two three");
  const blob = valueOf(
    await store.uploads.finish(NAME, id, digest, chunkOf(textBytes("three"), 8)),
  );
  assertEquals(blob?.digest, digest);
  assertEquals(blob?.size, 13);
  assertEquals((await store.blobs.stat(NAME, digest))?.size, 13);
});

Deno.test("Uploads.finish() leaves nothing of the upload", async () => {
  const driver = new MemoryDriver();
  const store = openStore(driver);
  const id = await startWith(store, "one");
  valueOf(await store.uploads.finish(NAME, id, digestOf("one"), NOTHING));
  assertEquals(driver.stat(uploadDirectory(NAME, id)), null);
  assertEquals(await store.uploads.stat(NAME, id), null);
  assertEquals(await store.uploads.finish(NAME, id, digestOf("one"), NOTHING), { kind: "unknown" });
});

Deno.test("Uploads.finish() takes the empty blob", async () => {
  const store = openStore(new MemoryDriver());
  const id = await store.uploads.start(NAME);
  const blob = valueOf(await store.uploads.finish(NAME, id, digestOf(""), NOTHING));
  assertEquals(blob?.size, 0);
  assertEquals((await store.blobs.stat(NAME, digestOf("")))?.size, 0);
});

Deno.test("Uploads.finish() refuses another digest, and forgets the upload", async () => {
  const driver = new MemoryDriver();
  const store = openStore(driver);
  const id = await startWith(store, "one");
  assertEquals(valueOf(await store.uploads.finish(NAME, id, digestOf("two"), NOTHING)), null);
  assertEquals(driver.stat(uploadDirectory(NAME, id)), null);
  assertEquals(await store.blobs.stat(NAME, digestOf("two")), null);
  assertEquals(await store.blobs.statContent(digestOf("one")), null);
});

for (const algorithm of ["sha256", "sha384", "sha512"] as const) {
  Deno.test(`Uploads.finish() keeps ${algorithm} content under its own digest, whatever was begun`, async () => {
    for (const begun of ["sha256", "sha512"] as const) {
      const driver = new MemoryDriver();
      const store = openStore(driver);
      const id = await store.uploads.start(NAME, begun);
      valueOf(await store.uploads.append(NAME, id, chunkOf(textBytes("one "))));
      const digest = digestOf("one two", algorithm);
      const blob = valueOf(
        await store.uploads.finish(NAME, id, digest, chunkOf(textBytes("two"))),
      );
      assertEquals(blob?.digest, digest);
      assertEquals(driver.stat(blobData(digest))?.size, 7);
    }
  });
}

Deno.test("Uploads.finish() mends a blob whose bytes are damaged", async () => {
  for (const damage of ["", "On", "One", "one and more"]) {
    const driver = new MemoryDriver();
    const store = openStore(driver);
    const digest = digestOf("one");
    driver.put(blobData(digest), textBytes(damage));
    const id = await startWith(store, "one");
    valueOf(await store.uploads.finish(NAME, id, digest, NOTHING));
    assertEquals(driver.get(blobData(digest), 100), textBytes("one"));
  }
});

Deno.test("Uploads.finish() makes a blob young that is there", async () => {
  let nowMs = 1_000;
  const driver = new MemoryDriver({ clock: () => nowMs });
  const store = openStore(driver);
  for (nowMs of [1_000, 9_000]) {
    const id = await startWith(store, "one");
    nowMs += 500;
    valueOf(await store.uploads.finish(NAME, id, digestOf("one"), NOTHING));
    assertEquals((await store.blobs.stat(NAME, digestOf("one")))?.modifiedMs, nowMs);
  }
});

Deno.test("Uploads say that an upload is unknown", async () => {
  const { uploads } = openStore(new MemoryDriver());
  const id = newUploadId();
  assertEquals(await uploads.append(NAME, id, chunkOf(textBytes("one"))), { kind: "unknown" });
  assertEquals(await uploads.finish(NAME, id, digestOf("one"), NOTHING), { kind: "unknown" });
  assertEquals(await uploads.cancel(NAME, id), false);
});

Deno.test("Uploads refuse a chunk that begins elsewhere, and keep the upload as it is", async () => {
  const driver = new MemoryDriver();
  const store = openStore(driver);
  const id = await startWith(store, "one");
  for (const start of [0, 2, 4, Number.MAX_SAFE_INTEGER]) {
    const misplaced = { kind: "misplaced", size: 3 } as const;
    assertEquals(await store.uploads.append(NAME, id, chunkOf(textBytes("x"), start)), misplaced);
    assertEquals(
      await store.uploads.finish(NAME, id, digestOf("onex"), chunkOf(textBytes("x"), start)),
      misplaced,
    );
  }
  assertEquals(await bytesOf(driver, id), textBytes("one"));
  assertEquals(
    valueOf(await store.uploads.finish(NAME, id, digestOf("one"), NOTHING))?.size,
    3,
  );
});

Deno.test("Uploads say that an upload is busy, and how far it is", async () => {
  const driver = new MemoryDriver();
  const store = openStore(driver);
  const id = await startWith(store, "one");
  const writer = driver.append(uploadData(NAME, id));
  assert(writer !== null);
  const busy = { kind: "busy", size: 3 } as const;
  assertEquals(await store.uploads.append(NAME, id, chunkOf(textBytes("x"))), busy);
  assertEquals(await store.uploads.finish(NAME, id, digestOf("one"), NOTHING), busy);
  writer.close();
  assertEquals(valueOf(await store.uploads.append(NAME, id, chunkOf(textBytes(" two")))), 7);
});

Deno.test("Uploads.cancel() forgets an upload", async () => {
  const driver = new MemoryDriver();
  const store = openStore(driver);
  const id = await startWith(store, "one");
  assertEquals(await store.uploads.cancel(NAME, id), true);
  assertEquals(driver.stat(uploadDirectory(NAME, id)), null);
  assertEquals(await store.uploads.cancel(NAME, id), false);
});

Deno.test("Uploads.finish() makes no blob of an upload that is cancelled meanwhile", async () => {
  const driver = new MemoryDriver();
  const store = openStore(driver);
  const id = await startWith(store, "one");
  const body = new ReadableStream<Uint8Array>({
    async pull(controller): Promise<void> {
      await store.uploads.cancel(NAME, id);
      controller.close();
    },
  });
  const outcome = await store.uploads.finish(NAME, id, digestOf("one"), { body, start: null });
  assertEquals(outcome, { kind: "unknown" });
  assertEquals(await store.blobs.stat(NAME, digestOf("one")), null);
});

Deno.test("Uploads do not read an upload on that is cancelled meanwhile", async () => {
  const driver = new MemoryDriver();
  const id = await startWith(openStore(driver), "one");
  const faulty = new FaultyDriver(driver, (operation) => {
    if (operation === "read") driver.removeAll(uploadDirectory(NAME, id));
    return null;
  });
  const { uploads } = openStore(faulty);
  const last = chunkOf(textBytes("x"));
  assertEquals(await uploads.finish(NAME, id, digestOf("onex"), last), { kind: "unknown" });
});

Deno.test("Uploads of another process are read once, at their end, and not for each chunk", async () => {
  const driver = new MemoryDriver();
  const id = await startWith(openStore(driver), "0");
  let reads = 0;
  const counting = new FaultyDriver(driver, (operation) => {
    if (operation === "read") reads++;
    return null;
  });
  // A process of its own for each chunk: none of them has seen the bytes before.
  for (const digit of "12345") {
    await openStore(counting).uploads.append(NAME, id, chunkOf(textBytes(digit)));
  }
  assertEquals(reads, 0);
  const last = chunkOf(textBytes("6"));
  const finished = await openStore(counting).uploads.finish(NAME, id, digestOf("0123456"), last);
  assertEquals(valueOf(finished)?.size, 7);
  assertEquals(reads, 1);
});

Deno.test("Uploads keep what came of a body that breaks off", async () => {
  const driver = new MemoryDriver();
  const store = openStore(driver);
  const whole = patternBytes(3 * UPLOAD_WRITE_BYTES, 1);
  for (const length of [0, 1, UPLOAD_WRITE_BYTES, UPLOAD_WRITE_BYTES + 1, whole.length - 1]) {
    const id = await store.uploads.start(NAME);
    const body = bodyOf([whole.subarray(0, length)], new TypeError("connection reset"));
    const append = (): Promise<unknown> => store.uploads.append(NAME, id, { body, start: 0 });
    assertEquals((await assertRejects(append, StorageError)).kind, "interrupted");
    assertEquals((await store.uploads.stat(NAME, id))?.size, length);
    const rest = chunkOf(whole.subarray(length), length);
    const digest = digestBytes(whole, "sha256");
    assertEquals(valueOf(await store.uploads.finish(NAME, id, digest, rest))?.size, whole.length);
  }
});

Deno.test("Uploads.finish() keeps the upload when its last chunk breaks off", async () => {
  const store = openStore(new MemoryDriver());
  const id = await startWith(store, "one ");
  const body = bodyOf([textBytes("tw")], new TypeError("connection reset"));
  const finish = (): Promise<unknown> =>
    store.uploads.finish(NAME, id, digestOf("one two"), { body, start: 4 });
  assertEquals((await assertRejects(finish, StorageError)).kind, "interrupted");
  const last = chunkOf(textBytes("o"), 6);
  assertEquals(valueOf(await store.uploads.finish(NAME, id, digestOf("one two"), last))?.size, 7);
});

/** An upload of a few buffers in two chunks; the second begins at the size that the store says. */
async function pushInChunks(store: Store, id: UploadId, whole: Uint8Array): Promise<void> {
  const middle = UPLOAD_WRITE_BYTES + 5;
  const size = (await store.uploads.stat(NAME, id))?.size ?? 0;
  if (size < middle) {
    const first = chunkOf(whole.subarray(size, middle), size);
    valueOf(await store.uploads.append(NAME, id, first));
  }
  const at = (await store.uploads.stat(NAME, id))?.size ?? 0;
  const digest = digestBytes(whole, "sha256");
  const blob = valueOf(
    await store.uploads.finish(NAME, id, digest, chunkOf(whole.subarray(at), at)),
  );
  assertEquals(blob?.size, whole.length);
}

/** Steps of a push up to the commit: from there on the client begins anew, as with distribution. */
const UPLOAD_WRITES: readonly FaultyOperation[] = ["append", "writer.write", "move"];

Deno.test("Uploads go on where they stood after the disk was full at any write", async () => {
  const whole = patternBytes(3 * UPLOAD_WRITE_BYTES + 7, 2);
  let failures = 0;
  for (let step = 0;; step++) {
    const driver = new MemoryDriver();
    const id = await openStore(driver).uploads.start(NAME);
    let stepsLeft = step;
    const faulty = new FaultyDriver(
      driver,
      (operation) => UPLOAD_WRITES.includes(operation) && stepsLeft-- === 0 ? DISK_FULL : null,
    );
    const store = openStore(faulty);
    const error = await pushInChunks(store, id, whole).catch((error: unknown) => error);
    if (error === undefined) break;
    failures++;
    assertEquals(error, DISK_FULL);
    const size = (await store.uploads.stat(NAME, id))?.size;
    assertEquals(size, driver.stat(uploadData(NAME, id))?.size);
    assertEquals(await bytesOf(driver, id), whole.slice(0, size));
    await pushInChunks(store, id, whole);
  }
  // Two chunks are opened, and take two and three writes; then comes the move.
  assertEquals(failures, 8);
});

Deno.test("Uploads are gone once the disk failed to write them", async () => {
  const driver = new MemoryDriver();
  const store = openStore(
    new FaultyDriver(driver, (operation) => operation === "writer.sync" ? DISK_FULL : null),
  );
  const id = await store.uploads.start(NAME);
  const error = await pushInChunks(store, id, patternBytes(100, 4)).catch((error: unknown) =>
    error
  );
  assertEquals(error, DISK_FULL);
  assertEquals(await store.uploads.stat(NAME, id), null);
  assertEquals(await filesOf(driver), {});
});

Deno.test("Uploads go on from a write of which the disk took a part", async () => {
  await withDirectory(async (driver) => {
    const whole = patternBytes(2 * UPLOAD_WRITE_BYTES, 3);
    const id = await openStore(driver).uploads.start(NAME);
    let bytesLeft = UPLOAD_WRITE_BYTES + 100;
    const faulty = new FaultyDriver(driver, () => null);
    faulty.append = async (path, options) => {
      const writer = await driver.append(path, options);
      if (writer === null) return null;
      return {
        get size(): number {
          return writer.size;
        },
        async write(chunk): Promise<void> {
          const part = chunk.subarray(0, bytesLeft);
          bytesLeft -= part.length;
          await writer.write(part);
          if (part.length < chunk.length) throw DISK_FULL;
        },
        sync: () => writer.sync(),
        settle: () => writer.settle(),
        close: () => writer.close(),
      };
    };
    const store = openStore(faulty);
    const push = (): Promise<unknown> => store.uploads.append(NAME, id, chunkOf(whole, 0));
    assertEquals((await assertRejects(push, StorageError)).kind, "full");
    const size = UPLOAD_WRITE_BYTES + 100;
    assertEquals((await store.uploads.stat(NAME, id))?.size, size);
    bytesLeft = Infinity;
    const digest = digestBytes(whole, "sha256");
    const rest = chunkOf(whole.subarray(size), size);
    assertEquals(valueOf(await store.uploads.finish(NAME, id, digest, rest))?.size, whole.length);
    store.gate.close();
  });
});

Deno.test("Uploads go on in another process, and come back", async () => {
  await withDirectory(async (driver, root) => {
    const [ours, theirs] = [openStore(driver), openStore(new FilesystemDriver(root))];
    const pieces = [1, 2, 3, 4].map((seed) => patternBytes(100_000 + seed, seed));
    const id = await ours.uploads.start(NAME);
    let size = 0;
    for (const [index, piece] of pieces.entries()) {
      const store = index % 2 === 0 ? ours : theirs;
      size = valueOf(await store.uploads.append(NAME, id, chunkOf(piece, size)));
    }
    const whole = concatenate(pieces);
    const digest = digestBytes(whole, "sha256");
    assertEquals(valueOf(await ours.uploads.finish(NAME, id, digest, NOTHING))?.size, size);
    assertEquals((await theirs.blobs.stat(NAME, digest))?.size, size);
    assertEquals(await theirs.uploads.append(NAME, id, NOTHING), { kind: "unknown" });
    ours.gate.close();
    theirs.gate.close();
  });
});

Deno.test("Uploads of two processes at once: one writes, the other is told how far it is", async () => {
  await withDirectory(async (driver, root) => {
    const [ours, theirs] = [openStore(driver), openStore(new FilesystemDriver(root))];
    const id = await startWith(ours, "one");
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const body = writable.getWriter();
    const pending = ours.uploads.append(NAME, id, { body: readable, start: 3 });
    await body.write(textBytes(" two"));
    const late = await theirs.uploads.append(NAME, id, chunkOf(textBytes(" two"), 3));
    assertEquals(late, { kind: "busy", size: 3 });
    await body.close();
    assertEquals(valueOf(await pending), 7);
    const digest = digestOf("one two");
    assertEquals(valueOf(await theirs.uploads.finish(NAME, id, digest, NOTHING))?.size, 7);
    ours.gate.close();
    theirs.gate.close();
  });
});

/** Two stores over one driver, whose running hashes tell each other. */
function openWorkers(
  driver: StorageDriver,
): { first: Store; second: Store; told: AnnouncedDigest[] } {
  const told: AnnouncedDigest[] = [];
  const second = new UploadDigests();
  const first = new UploadDigests((announced) => {
    told.push(announced);
    second.hear(announced);
  });
  return {
    first: openStore(driver, { digests: first }),
    second: openStore(driver, { digests: second }),
    told,
  };
}

Deno.test("Uploads.finish() takes the digest that another worker announced, and reads nothing", async () => {
  const driver = new MemoryDriver();
  const recorder = new Recorder(driver);
  const { first, second, told } = openWorkers(recorder.driver);
  const id = await startWith(first, "one");
  assertEquals(told, [{ id, size: 3, digest: digestOf("one") }]);
  const blob = valueOf(await second.uploads.finish(NAME, id, digestOf("one"), NOTHING));
  assertEquals(blob?.size, 3);
  assert(!recorder.operations.some((operation) => operation.startsWith("read ")));
});

Deno.test("Uploads.finish() does not take an announced digest that the file has outgrown", async () => {
  const driver = new MemoryDriver();
  const { first, second } = openWorkers(driver);
  const id = await startWith(first, "one");
  const writer = driver.append(uploadData(NAME, id));
  await writer?.write(textBytes(" two"));
  writer?.close();
  const blob = valueOf(await second.uploads.finish(NAME, id, digestOf("one two"), NOTHING));
  assertEquals(blob?.digest, digestOf("one two"));
});

Deno.test("Uploads.finish() does not take an announced digest of another algorithm", async () => {
  const { first, second } = openWorkers(new MemoryDriver());
  const id = await startWith(first, "one");
  const digest = digestOf("one", "sha512");
  assertEquals(valueOf(await second.uploads.finish(NAME, id, digest, NOTHING))?.digest, digest);
});

Deno.test("Uploads.finish() does not take an announced digest where a chunk follows", async () => {
  const { first, second } = openWorkers(new MemoryDriver());
  const id = await startWith(first, "one");
  const last = chunkOf(textBytes(" two"), 3);
  const digest = digestOf("one two");
  assertEquals(valueOf(await second.uploads.finish(NAME, id, digest, last))?.digest, digest);
});

Deno.test("Uploads do not read the file again while they stay in one worker", async () => {
  const recorder = new Recorder(new MemoryDriver());
  const store = openStore(recorder.driver);
  const id = await startWith(store, "one");
  valueOf(await store.uploads.append(NAME, id, chunkOf(textBytes(" two"), 3)));
  valueOf(await store.uploads.finish(NAME, id, digestOf("one two"), NOTHING));
  assert(!recorder.operations.some((operation) => operation.startsWith("read ")));
});

Deno.test("Uploads of two clients at once do not mix", async () => {
  const store = openStore(new MemoryDriver());
  const ids = await Promise.all([store.uploads.start(NAME), store.uploads.start(NAME)]);
  assertNotEquals(ids[0], ids[1]);
  const blobs = await Promise.all(ids.map(async (id, index) => {
    const bytes = patternBytes(300_000, index);
    valueOf(await store.uploads.append(NAME, id, chunkOf(bytes)));
    return valueOf(await store.uploads.finish(NAME, id, digestBytes(bytes, "sha256"), NOTHING));
  }));
  assertEquals(blobs.map((blob) => blob?.size), [300_000, 300_000]);
});

Deno.test("Uploads of the same content at once both succeed", async () => {
  const store = openStore(new MemoryDriver());
  const ids = await Promise.all(Array.from({ length: 5 }, () => startWith(store, "one")));
  const blobs = await Promise.all(
    ids.map((id) => store.uploads.finish(NAME, id, digestOf("one"), NOTHING)),
  );
  assertEquals(blobs.map((blob) => valueOf(blob)?.size), [3, 3, 3, 3, 3]);
});
