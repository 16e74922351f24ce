import { assertEquals, assertRejects } from "@std/assert";
import { StorageError } from "./errors.ts";
import { BODY_IDLE_LOOKS } from "./limits.ts";
import { type ByteStream, PieceReader, piecesOf } from "./piece_reader.ts";

/** All that a reader gives, and in how many buffers. */
async function readAll(stream: ByteStream): Promise<{ text: string; buffers: number }> {
  const reader = new PieceReader(stream);
  const decoder = new TextDecoder();
  let text = "";
  const sizes = new Set<number>();
  for (let piece = await reader.read(); piece !== null; piece = await reader.read()) {
    text += decoder.decode(piece, { stream: true });
    sizes.add(piece.buffer.byteLength);
  }
  return { text, buffers: sizes.size };
}

Deno.test("PieceReader reads a stream of bytes through one buffer", async () => {
  const parts = ["one ", "two ", "three"];
  const source: UnderlyingByteSource = {
    type: "bytes",
    pull(controller): void {
      const part = parts.shift();
      if (part === undefined) {
        controller.close();
        controller.byobRequest?.respond(0);
      } else controller.enqueue(new TextEncoder().encode(part));
    },
  };
  const { text, buffers } = await readAll(new ReadableStream(source, { highWaterMark: 0 }));
  assertEquals(text, "one two three");
  assertEquals(buffers, 1);
});

Deno.test("PieceReader reads a stream that hands out buffers of its own", async () => {
  const stream = ReadableStream.from(
    ["a", "bc", "def"].map((text) => new TextEncoder().encode(text)),
  );
  assertEquals((await readAll(stream)).text, "abcdef");
});

Deno.test("PieceReader.read() throws what the stream throws", async () => {
  for (const type of [undefined, "bytes"] as const) {
    const source = {
      ...(type === undefined ? {} : { type }),
      pull(): void {
        throw new TypeError("cut");
      },
    };
    const stream = new ReadableStream(source as UnderlyingByteSource) as ByteStream;
    await assertRejects(() => new PieceReader(stream).read(), TypeError, "cut");
  }
});

Deno.test("PieceReader.cancel() tells the stream, and does not mind one that failed", async () => {
  let reason: unknown = null;
  const stream: ByteStream = new ReadableStream({
    cancel(given): void {
      reason = given;
      throw new TypeError("too late");
    },
  });
  await new PieceReader(stream).cancel("enough");
  assertEquals(reason, "enough");
});

/** A stream that brings three bytes and then nothing, and what was done to it. */
function silentStream(type: "bytes" | undefined): { stream: ByteStream; cancelled: unknown[] } {
  const cancelled: unknown[] = [];
  const bytes = new TextEncoder().encode("abc");
  const source = {
    ...(type === undefined ? {} : { type }),
    start(controller: ReadableStreamDefaultController<Uint8Array>): void {
      controller.enqueue(bytes);
    },
    cancel(reason: unknown): void {
      cancelled.push(reason);
    },
  };
  return { stream: new ReadableStream(source as UnderlyingByteSource) as ByteStream, cancelled };
}

Deno.test("PieceReader.read() gives up a stream that has fallen silent", async () => {
  for (const type of [undefined, "bytes"] as const) {
    const { stream, cancelled } = silentStream(type);
    let look = (): void => {};
    let isEnded = false;
    const reader = new PieceReader(stream, {
      idleMs: 1_000,
      every: (_ms, action) => {
        look = action;
        return () => {
          isEnded = true;
        };
      },
    });
    assertEquals((await reader.read())?.length, 3);
    for (let time = 0; time < 10; time++) look();
    assertEquals(cancelled, []);
    const waiting = assertRejects(() => reader.read(), StorageError, "nothing has come");
    for (let time = 0; time < BODY_IDLE_LOOKS; time++) look();
    const error = await waiting;
    assertEquals([error.kind, isEnded], ["stalled", true]);
    assertEquals(cancelled, [error]);
  }
});

Deno.test("piecesOf() gives the pieces of a body, and lets go of what is not read", async () => {
  const { stream, cancelled } = silentStream("bytes");
  for await (const piece of piecesOf(stream, 60_000)) {
    assertEquals(piece.length, 3);
    break;
  }
  assertEquals(cancelled.length, 1);
  for await (const _ of piecesOf(null, 60_000)) throw new TypeError("There is nothing");
});
