import { assertEquals } from "@std/assert";
import { happeningBytes } from "../happening.ts";
import { headersOf, pullOf, SOURCE } from "../happening_kit.ts";
import { PullBoard } from "./pull_board.ts";
import type { PullEntry, PullQueueLimits } from "./pull_queue.ts";
import { SpoolState } from "./spool_state.ts";
import { WaitingPulls } from "./waiting_pulls.ts";

/** Waiting pulls, with what they share with another thread as that one sees it. */
function openPulls(limits: Partial<PullQueueLimits> = {}): {
  readonly pulls: WaitingPulls;
  readonly state: SpoolState;
  readonly board: PullBoard;
} {
  const state = new SpoolState();
  const board = new PullBoard();
  const pulls = new WaitingPulls({
    state: new SpoolState(state.buffer),
    board: new PullBoard(board.buffer),
    source: SOURCE,
    limits: { count: 3, bytes: Infinity, ...limits },
  });
  return { pulls, state, board };
}

function requestIds(entries: readonly PullEntry<string>[]): readonly string[] {
  return entries.map(({ pull }) => JSON.parse(pull).request.id);
}

Deno.test("WaitingPulls.take() takes the oldest, in the order in which they came", () => {
  const { pulls, board } = openPulls();
  for (const id of ["1", "2", "3"]) pulls.add(pullOf(id));
  assertEquals([board.waiting, pulls.count], [3, 3]);
  assertEquals(requestIds(pulls.take(2)), ["1", "2"]);
  assertEquals([board.waiting, pulls.count], [1, 1]);
  pulls.add(pullOf("4"));
  assertEquals(requestIds(pulls.take(9)), ["3", "4"]);
  assertEquals(requestIds(pulls.take(9)), []);
  assertEquals([board.waiting, board.dropped], [0, 0]);
});

Deno.test("WaitingPulls.add() drops the oldest where there is no room, and counts them", () => {
  const { pulls, board } = openPulls();
  for (let id = 1; id <= 10; id++) pulls.add(pullOf(String(id)));
  assertEquals([board.waiting, board.dropped], [3, 7]);
  assertEquals(requestIds(pulls.take(2)), ["8", "9"]);
  assertEquals(board.dropped, 7);
  for (let id = 11; id <= 14; id++) pulls.add(pullOf(String(id)));
  assertEquals([board.waiting, board.dropped], [3, 9]);
  assertEquals(requestIds(pulls.take(9)), ["12", "13", "14"]);
});

Deno.test("WaitingPulls.add() bounds what long headers take", () => {
  const long = (id: string): ReturnType<typeof pullOf> =>
    pullOf(id, { headers: headersOf({ "User-Agent": "x".repeat(10_000) }) });
  const { pulls, board } = openPulls({ count: 1_000, bytes: 2 * happeningBytes(long("1")) });
  for (const id of ["1", "2", "3", "4", "5"]) pulls.add(long(id));
  assertEquals([board.waiting, board.dropped], [2, 3]);
  assertEquals(requestIds(pulls.take(9)), ["4", "5"]);
});

Deno.test("WaitingPulls writes no event of a pull that is dropped, or not asked for", () => {
  const { pulls } = openPulls();
  let written = 0;
  for (let id = 1; id <= 10; id++) {
    const pull = pullOf(String(id));
    // The time is only looked at when it is written out.
    Object.defineProperty(pull, "atMs", { get: () => written++ });
    pulls.add(pull);
  }
  assertEquals(written, 0);
  assertEquals(pulls.take(2).length, 2);
  assertEquals(written, 2);
});

Deno.test("WaitingPulls tells before which event of the log pulls came", () => {
  const { pulls, state, board } = openPulls();
  state.end = 5;
  assertEquals(board.isWaitingBefore(Infinity), false);
  pulls.add(pullOf("1"));
  state.end = 8;
  pulls.add(pullOf("2"));
  assertEquals([4, 5, 6].map((number) => board.isWaitingBefore(number)), [false, true, true]);
  assertEquals(pulls.take(1).map(({ before }) => before), [5]);
  assertEquals([7, 8].map((number) => board.isWaitingBefore(number)), [false, true]);
  assertEquals(pulls.take(1).map(({ before }) => before), [8]);
  assertEquals(board.isWaitingBefore(Infinity), false);
});

Deno.test("WaitingPulls.clear() leaves nothing that anybody waits for", () => {
  const { pulls, board } = openPulls();
  pulls.add(pullOf("1"));
  pulls.clear();
  assertEquals([pulls.count, board.waiting, board.dropped], [0, 0, 0]);
  assertEquals(board.isWaitingBefore(Infinity), false);
});
