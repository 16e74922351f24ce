import { assertEquals } from "@std/assert";
import { PROGRESS_MOVING_LINE_MS, PROGRESS_PLAIN_LINE_MS } from "../storage/limits.ts";
import { ProgressLine, type ProgressSink, progressText } from "./progress.ts";

const MIB = 1024 * 1024;

Deno.test("progressText() says how much, how fast and how long", () => {
  const text = progressText({
    doing: "verify",
    done: 512 * MIB,
    total: 2048 * MIB,
    unit: "bytes",
    elapsedMs: 2_000,
  });
  assertEquals(text, "verify: 512.0 MiB of 2.0 GiB (25%), 256.0 MiB/s, 6s left");
});

Deno.test("progressText() guesses no rate in the first second, and no end without a total", () => {
  const counted = { doing: "mark", done: 1200, unit: "manifests" };
  assertEquals(progressText({ ...counted, total: null, elapsedMs: 10 }), "mark: 1,200 manifests");
  assertEquals(
    progressText({ ...counted, total: null, elapsedMs: 2_000 }),
    "mark: 1,200 manifests, 600/s",
  );
});

Deno.test("ProgressLine moves one line on a terminal and clears it", () => {
  const { sink, written, pass } = recorder(true);
  const line = new ProgressLine(sink);
  pass(200);
  line.update({ doing: "list", done: 100, total: null, unit: "blobs" });
  line.update({ doing: "list", done: 101, total: null, unit: "blobs" });
  line.say("half way");
  assertEquals(written, ["\rlist: 100 blobs", `\r${" ".repeat(15)}\r`, "half way\n"]);
});

Deno.test("ProgressLine never fills a narrow terminal", () => {
  const { sink, written, pass } = recorder(true, 12);
  const line = new ProgressLine(sink);
  pass(200);
  line.update({ doing: "list", done: 100, total: null, unit: "blobs" });
  assertEquals(written, ["\rlist:…blobs"]);
});

Deno.test("ProgressLine writes plain lines, rarely, where there is no terminal", () => {
  const { sink, written, pass } = recorder(false);
  const line = new ProgressLine(sink);
  for (let done = 1; done <= 25; done++) {
    pass(1_000);
    line.update({ doing: "list", done, total: 25, unit: "blobs" });
  }
  line.clear();
  assertEquals(written, [
    "list: 10 of 25 blobs (40%), 1/s, 13s left\n",
    "list: 20 of 25 blobs (80%), 1/s, 4s left\n",
  ]);
});

for (
  const [where, isTerminal, intervalMs] of [
    ["on a terminal", true, PROGRESS_MOVING_LINE_MS],
    ["elsewhere", false, PROGRESS_PLAIN_LINE_MS],
  ] as const
) {
  Deno.test(`ProgressLine tells nothing new ${where} before there is a count of it`, () => {
    const { sink, written, pass } = recorder(isTerminal);
    const line = new ProgressLine(sink);
    line.update({ doing: "check", done: 7, total: null, unit: "repositories" });
    pass(2 * intervalMs);
    line.update({ doing: "walk", done: 1, total: null, unit: "entries" });
    assertEquals(written, []);
    pass(intervalMs);
    line.update({ doing: "walk", done: 4_000, total: null, unit: "entries" });
    assertEquals(written.map((text) => text.trim().slice(0, 19)), ["walk: 4,000 entries"]);
  });
}

function recorder(
  isTerminal: boolean,
  columns = 80,
): { sink: ProgressSink; written: string[]; pass: (durationMs: number) => void } {
  const written: string[] = [];
  let nowMs = 0;
  return {
    written,
    pass: (durationMs) => nowMs += durationMs,
    sink: {
      isTerminal,
      columns: () => columns,
      nowMs: () => nowMs,
      write: (text) => written.push(text),
    },
  };
}
