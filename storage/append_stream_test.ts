import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { appendStream } from "./append_stream.ts";
import { concatenate } from "./concatenate.ts";
import { assertSameBytes, patternBytes } from "./contract/bytes.ts";
import { letOthersRun } from "./contract/kit.ts";
import { digestBytes, RunningDigest } from "./digest.ts";
import type { StorageWriter } from "./driver.ts";
import { StorageError } from "./errors.ts";
import { UPLOAD_FIRST_WRITE_BYTES, UPLOAD_WRITE_BYTES } from "./limits.ts";
import { bodyOf } from "./store_kit.ts";

const DISK_FULL = new StorageError("full", "Cannot write: no space left on the device");

/** A writer that takes its time, and copies what it was given only then. */
class SlowWriter implements StorageWriter {
  readonly chunks: Uint8Array[] = [];
  readonly #failAt: number;
  #isWriting = false;

  constructor(failAt: number = Infinity) {
    this.#failAt = failAt;
  }

  get size(): number {
    return this.chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  }

  async write(chunk: Uint8Array): Promise<void> {
    assert(!this.#isWriting, "one write at a time");
    this.#isWriting = true;
    await letOthersRun(2);
    this.#isWriting = false;
    if (this.chunks.length === this.#failAt) throw DISK_FULL;
    this.chunks.push(chunk.slice());
  }

  sync(): Promise<void> {
    return Promise.resolve();
  }

  settle(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {}
}

function piecesOf(bytes: Uint8Array, pieceBytes: number): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let offset = 0; offset < bytes.length; offset += pieceBytes) {
    pieces.push(bytes.subarray(offset, offset + pieceBytes));
  }
  return pieces;
}

for (
  const [size, pieceBytes] of [
    [0, 1],
    [1, 1],
    [100_000, 977],
    [UPLOAD_WRITE_BYTES, 65_536],
    [UPLOAD_WRITE_BYTES + 1, 65_536],
    [3 * UPLOAD_WRITE_BYTES + 5, 65_537],
    [3 * UPLOAD_WRITE_BYTES, 3 * UPLOAD_WRITE_BYTES],
    [4 * UPLOAD_WRITE_BYTES + 5, 2 * UPLOAD_WRITE_BYTES + 3],
  ] as const
) {
  Deno.test(`appendStream() writes and hashes ${size} bytes that come in pieces of ${pieceBytes}`, async () => {
    const bytes = patternBytes(size, 1);
    const writer = new SlowWriter();
    const running = new RunningDigest("sha256");
    await appendStream(writer, running, bodyOf(piecesOf(bytes, pieceBytes)));
    assertSameBytes(concatenate(writer.chunks), bytes);
    assertEquals(running.size, size);
    assertEquals(running.current(), digestBytes(bytes, "sha256"));
    // The first write is a small one. All others but the last are as large as they can be.
    const rest = Math.max(0, size - UPLOAD_FIRST_WRITE_BYTES);
    const first = size > 0 ? 1 : 0;
    assertEquals(writer.chunks.length, first + Math.ceil(rest / UPLOAD_WRITE_BYTES));
    assert(writer.chunks.every((chunk) => chunk.length <= UPLOAD_WRITE_BYTES));
  });
}

Deno.test("appendStream() without a body does nothing", async () => {
  const writer = new SlowWriter();
  const running = new RunningDigest("sha256");
  await appendStream(writer, running, null);
  assertEquals(writer.size, 0);
  assertEquals(running.size, 0);
});

Deno.test("appendStream() goes on with a hash that has begun", async () => {
  const bytes = patternBytes(1_000, 2);
  const running = new RunningDigest("sha256");
  running.update(bytes.subarray(0, 600));
  await appendStream(new SlowWriter(), running, bodyOf([bytes.subarray(600)]));
  assertEquals(running.current(), digestBytes(bytes, "sha256"));
});

Deno.test("appendStream() passes over empty pieces", async () => {
  const bytes = patternBytes(10, 3);
  const [none, writer] = [new Uint8Array(), new SlowWriter()];
  const body = bodyOf([none, bytes.subarray(0, 5), none, none, bytes.subarray(5), none]);
  await appendStream(writer, new RunningDigest("sha256"), body);
  assertSameBytes(concatenate(writer.chunks), bytes);
});

Deno.test("appendStream() keeps what came of a body that fails, and says why", async () => {
  const reset = new TypeError("connection reset");
  for (const size of [0, 10, UPLOAD_WRITE_BYTES, 2 * UPLOAD_WRITE_BYTES + 10]) {
    const bytes = patternBytes(size, 4);
    const writer = new SlowWriter();
    const running = new RunningDigest("sha256");
    const body = bodyOf(piecesOf(bytes, 100_000), reset);
    const error = await assertRejects(() => appendStream(writer, running, body), StorageError);
    assertEquals(error.kind, "interrupted");
    assertStrictEquals(error.cause, reset);
    assertSameBytes(concatenate(writer.chunks), bytes);
    assertEquals(running.current(), digestBytes(bytes, "sha256"));
  }
});

Deno.test("appendStream() throws what a write throws, and cancels the body", async () => {
  for (const failAt of [0, 1, 2]) {
    const cancelled: unknown[] = [];
    const bytes = patternBytes(UPLOAD_WRITE_BYTES, 5);
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(bytes),
      cancel: (reason) => void cancelled.push(reason),
    });
    const writer = new SlowWriter(failAt);
    const append = (): Promise<void> => appendStream(writer, new RunningDigest("sha256"), body);
    assertStrictEquals(await assertRejects(append, StorageError), DISK_FULL);
    assertEquals(cancelled, [DISK_FULL]);
    assertEquals(writer.chunks.length, failAt);
  }
});

Deno.test("appendStream() throws what the last write throws", async () => {
  const append = (): Promise<void> =>
    appendStream(new SlowWriter(0), new RunningDigest("sha256"), bodyOf([patternBytes(5, 6)]));
  assertStrictEquals(await assertRejects(append, StorageError), DISK_FULL);
});

Deno.test("appendStream() says that the disk is full when the body fails too", async () => {
  const body = bodyOf([patternBytes(5, 7)], new TypeError("connection reset"));
  const append = (): Promise<void> =>
    appendStream(new SlowWriter(0), new RunningDigest("sha256"), body);
  assertStrictEquals(await assertRejects(append, StorageError), DISK_FULL);
});

Deno.test("appendStream() reads on only as the disk keeps up", async () => {
  let pulled = 0;
  const gate = Promise.withResolvers<void>();
  const body = new ReadableStream<Uint8Array>({
    pull(controller): void {
      pulled++;
      if (pulled > 100) controller.close();
      else controller.enqueue(patternBytes(UPLOAD_WRITE_BYTES, pulled));
    },
  }, { highWaterMark: 0 });
  const writer = new SlowWriter();
  writer.write = async (): Promise<void> => await gate.promise;
  const done = appendStream(writer, new RunningDigest("sha256"), body);
  await letOthersRun();
  assertEquals(pulled, 2);
  gate.resolve();
  await done;
});

Deno.test("appendStream() keeps what came of a body that has fallen silent, and says why", async () => {
  const writer = new SlowWriter();
  const running = new RunningDigest("sha256");
  const body = new ReadableStream<Uint8Array>({
    start: (controller): void => controller.enqueue(patternBytes(700, 5)),
  });
  const looks: (() => void)[] = [];
  const every = (_ms: number, look: () => void): () => void => {
    looks.push(look);
    return () => looks.splice(0);
  };
  const appended = assertRejects(
    () => appendStream(writer, running, body, { idleMs: 1_000, every }),
    StorageError,
  );
  while (looks.length > 0) {
    await letOthersRun(3);
    looks[0]?.();
  }
  assertEquals((await appended).kind, "stalled");
  assertEquals([writer.size, running.size], [700, 700]);
});
