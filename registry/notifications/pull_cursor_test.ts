import { assertEquals } from "@std/assert";
import { PULL_EVENTS_MAX } from "../../storage/limits.ts";
import { PullBoard } from "./pull_board.ts";
import { PullCursor } from "./pull_cursor.ts";
import { PullIntake, type PullSource } from "./pull_intake.ts";

const SOURCE: PullSource = { board: new PullBoard(), ask: () => {} };

/** Takes in pulls with the numbers from one to another, each before the event of the log with the same number. */
function take(intake: PullIntake, from: number, to: number): void {
  for (let number = from; number <= to; number++) {
    intake.take(SOURCE, [{ pull: `${number}`, before: number, bytes: 1 }]);
  }
}

Deno.test("PullCursor.next() reads pulls that came before an event of the log", () => {
  const intake = new PullIntake(1);
  const cursor = new PullCursor(intake);
  assertEquals(cursor.next(Infinity), null);
  take(intake, 1, 3);
  assertEquals([cursor.next(2), cursor.next(2), cursor.next(2)], ["1", "2", null]);
  assertEquals([cursor.hasRead, cursor.place, cursor.waiting], [true, 0, 3]);
  cursor.rewind();
  assertEquals([cursor.hasRead, cursor.next(1), cursor.next(1)], [false, "1", null]);
  cursor.advance();
  assertEquals([cursor.hasRead, cursor.place, cursor.waiting], [false, 1, 2]);
});

Deno.test("PullCursor.mustWait() is for pulls elsewhere, once those here are read", () => {
  const intake = new PullIntake(1);
  const source = { board: new PullBoard(), ask: (): void => {} };
  intake.add(source);
  const cursor = new PullCursor(intake);
  take(intake, 1, 1);
  source.board.write(1, 0, 2);
  assertEquals(cursor.mustWait(2), false);
  cursor.next(2);
  assertEquals([cursor.mustWait(1), cursor.mustWait(2)], [false, true]);
  source.board.write(0, 0, 0);
  assertEquals(cursor.mustWait(2), false);
});

Deno.test("PullCursor counts the pulls that made room before it read them, and only those", () => {
  const intake = new PullIntake(1);
  const cursor = new PullCursor(intake);
  take(intake, 1, PULL_EVENTS_MAX);
  for (let read = 0; read < 10; read++) cursor.next(Infinity);
  take(intake, 1, 15);
  assertEquals([cursor.dropped, cursor.waiting], [5, PULL_EVENTS_MAX]);
  cursor.advance();
  cursor.rewind();
  assertEquals([cursor.dropped, cursor.place, cursor.next(Infinity)], [5, 15, "16"]);
  cursor.advance();
  assertEquals([cursor.dropped, cursor.waiting], [5, PULL_EVENTS_MAX - 1]);
});

Deno.test("PullCursor counts what waits and was dropped elsewhere too", () => {
  const intake = new PullIntake(1);
  const source = { board: new PullBoard(), ask: (): void => {} };
  intake.add(source);
  take(intake, 1, 2);
  source.board.write(3, 4, 1);
  const cursor = new PullCursor(intake);
  assertEquals([cursor.waiting, cursor.dropped], [5, 4]);
});
