import { assertEquals } from "@std/assert";
import { LOG_GATHERED_CHARACTERS_MAX, LOG_PENDING_CHARACTERS_MAX } from "../storage/limits.ts";
import { type LineBatch, LineGatherer, LineWriter } from "./log_lines.ts";

function batchOf(text: string): LineBatch {
  return { stream: "stdout", text, lines: text.split("\n").length - 1 };
}

const decoder = new TextDecoder();

Deno.test("LineGatherer hands on what was gathered, once", () => {
  const batches: LineBatch[] = [];
  const gatherer = new LineGatherer("stdout", (batch) => batches.push(batch));
  gatherer.write("a\n");
  gatherer.write("b\n");
  assertEquals(batches, []);
  gatherer.flush();
  gatherer.flush();
  assertEquals(batches, [batchOf("a\nb\n")]);
});

Deno.test("LineGatherer hands lines on by itself after a while", async () => {
  const batch = await new Promise<LineBatch>((resolve) => {
    new LineGatherer("stderr", resolve, 1).write("a\n");
  });
  assertEquals(batch, { stream: "stderr", text: "a\n", lines: 1 });
});

Deno.test("LineGatherer hands on at once what is much", () => {
  const batches: LineBatch[] = [];
  const gatherer = new LineGatherer("stdout", (batch) => batches.push(batch));
  const line = `${"x".repeat(LOG_GATHERED_CHARACTERS_MAX)}\n`;
  gatherer.write(line);
  assertEquals(batches, [batchOf(line)]);
});

Deno.test("LineWriter writes all in order, however little is taken at a time", async () => {
  let written = "";
  const writer = new LineWriter((bytes) => {
    const part = bytes.subarray(0, 3);
    written += decoder.decode(part);
    return Promise.resolve(part.length);
  });
  writer.take(batchOf("first\n"));
  writer.take(batchOf("second\nthird\n"));
  await writer.idle();
  writer.take(batchOf("fourth\n"));
  await writer.idle();
  assertEquals([written, writer.dropped], ["first\nsecond\nthird\nfourth\n", 0]);
});

Deno.test("LineWriter does not wait, writes together what came meanwhile, and drops what is too much", async () => {
  const writes: string[] = [];
  const first = Promise.withResolvers<void>();
  const writer = new LineWriter(async (bytes) => {
    await first.promise;
    writes.push(decoder.decode(bytes));
    return bytes.length;
  });
  const large = `${"x".repeat(LOG_PENDING_CHARACTERS_MAX)}\n`;
  writer.take(batchOf("first\n"));
  writer.take(batchOf("second\n"));
  writer.take(batchOf(large));
  writer.take(batchOf("lost\nlost too\n"));
  assertEquals([writes, writer.dropped], [[], 2]);
  first.resolve();
  await writer.idle();
  assertEquals(writes, ["first\n", `second\n${large}`]);
  writer.take(batchOf("taken again\n"));
  await writer.idle();
  assertEquals([writes.at(-1), writer.dropped], ["taken again\n", 2]);
});

Deno.test("LineWriter tries again where a stream takes nothing at the moment", async () => {
  let tries = 0;
  let written = "";
  const writer = new LineWriter((bytes) => {
    if (tries++ < 2) return Promise.reject(new Deno.errors.WouldBlock());
    written += decoder.decode(bytes);
    return Promise.resolve(bytes.length);
  });
  writer.take(batchOf("a\n"));
  await writer.idle();
  assertEquals([written, tries], ["a\n", 3]);
});

Deno.test("LineWriter counts what nobody reads any more, and writes no more", async () => {
  let tries = 0;
  const writer = new LineWriter(() => {
    tries++;
    return Promise.reject(new Deno.errors.BrokenPipe());
  });
  writer.take(batchOf("a\nb\n"));
  await writer.idle();
  writer.take(batchOf("c\n"));
  await writer.idle();
  assertEquals([tries, writer.dropped], [1, 3]);
});
