import { assertEquals, assertRejects } from "@std/assert";
import { type ByteStream, PieceReader } from "./piece_reader.ts";

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
