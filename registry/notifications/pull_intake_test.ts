import { assertEquals } from "@std/assert";
import { PULL_EVENTS_AHEAD, PULL_EVENTS_WAIT_MS } from "../../storage/limits.ts";
import { PullBoard } from "./pull_board.ts";
import { PullIntake, type PullSource } from "./pull_intake.ts";
import type { PullEntry } from "./pull_queue.ts";

/** A source that notes what it is asked for. */
class TestSource implements PullSource {
  readonly board = new PullBoard();
  readonly asked: number[] = [];

  ask(count: number): void {
    this.asked.push(count);
  }
}

function pulls(count: number): readonly PullEntry<string>[] {
  return Array.from({ length: count }, (_, pull) => ({ pull: `${pull}`, before: 1, bytes: 1 }));
}

Deno.test("PullIntake.ask() asks each source once until it hands something over", () => {
  const intake = new PullIntake(1);
  const [one, other] = [new TestSource(), new TestSource()];
  intake.add(one);
  intake.ask(0);
  intake.add(other);
  intake.ask(0);
  assertEquals([one.asked, other.asked], [[PULL_EVENTS_AHEAD], [PULL_EVENTS_AHEAD]]);
  intake.take(one, pulls(1));
  intake.ask(0);
  assertEquals([one.asked.at(-1), other.asked.length], [PULL_EVENTS_AHEAD - 1, 1]);
});

Deno.test("PullIntake.ask() asks for nothing as long as the quickest listener has enough", () => {
  const intake = new PullIntake(1);
  const source = new TestSource();
  intake.add(source);
  intake.ask(0);
  intake.take(source, pulls(PULL_EVENTS_AHEAD));
  intake.ask(0);
  intake.ask(PULL_EVENTS_AHEAD / 2 - 1);
  assertEquals(source.asked.length, 1);
  intake.ask(PULL_EVENTS_AHEAD / 2);
  assertEquals(source.asked, [PULL_EVENTS_AHEAD, PULL_EVENTS_AHEAD / 2]);
});

Deno.test("PullIntake.ask() asks for what fills the next requests of listeners that take many at once", () => {
  const intake = new PullIntake(1_000);
  const source = new TestSource();
  intake.add(source);
  intake.ask(0);
  assertEquals(source.asked, [2_000]);
});

Deno.test("PullIntake knows what waits elsewhere, and what was dropped there", () => {
  const intake = new PullIntake(1);
  const [one, other] = [new TestSource(), new TestSource()];
  intake.add(one);
  intake.add(other);
  assertEquals(intake.isBehind(Infinity), false);
  one.board.write(3, 10, 7);
  other.board.write(4, 20, 5);
  assertEquals([intake.waiting, intake.dropped], [7, 30]);
  assertEquals([4, 5, 7].map((number) => intake.isBehind(number)), [false, true, true]);
});

Deno.test("PullIntake.isBehind() does not wait for a source that hands nothing over for long", () => {
  let nowMs = 0;
  const intake = new PullIntake(1, () => nowMs);
  const source = new TestSource();
  intake.add(source);
  intake.ask(0);
  source.board.write(1, 0, 1);
  nowMs += 10 * PULL_EVENTS_WAIT_MS;
  assertEquals(intake.isBehind(1), true);
  nowMs += PULL_EVENTS_WAIT_MS;
  assertEquals(intake.isBehind(1), true);
  nowMs += 1;
  assertEquals(intake.isBehind(1), false);
  intake.take(source, pulls(1));
  source.board.write(1, 0, 1);
  assertEquals(intake.isBehind(1), true);
});
