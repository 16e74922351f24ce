import { assertEquals } from "@std/assert";
import { PullQueue } from "./pull_queue.ts";

/** A queue for three pulls, to which so many were added. */
function queueWith(count: number): PullQueue {
  const queue = new PullQueue(3);
  for (let number = 0; number < count; number++) queue.add({ event: String(number), before: 1 });
  return queue;
}

/** What a listener at a place is told of. */
function eventsFrom(queue: PullQueue, start: number): readonly string[] {
  const events: string[] = [];
  for (let place = queue.reach(start);; place++) {
    const entry = queue.at(place);
    if (entry === null) return events;
    events.push(entry.event);
  }
}

Deno.test("PullQueue keeps pulls for listeners that are at different places", () => {
  const queue = queueWith(3);
  assertEquals(eventsFrom(queue, 0), ["0", "1", "2"]);
  assertEquals(eventsFrom(queue, 2), ["2"]);
  assertEquals(eventsFrom(queue, 3), []);
  queue.forget(3);
  queue.add({ event: "3", before: 1 });
  assertEquals(eventsFrom(queue, 3), ["3"]);
});

Deno.test("PullQueue makes room by letting the oldest go", () => {
  for (const count of [4, 6, 7, 100]) {
    const queue = queueWith(count);
    const kept = [count - 3, count - 2, count - 1];
    assertEquals(eventsFrom(queue, 0), kept.map(String));
    assertEquals(queue.reach(0), count - 3);
    assertEquals(queue.end, count);
  }
});

Deno.test("PullQueue.forget() passes over what is gone, and what is not there yet", () => {
  const queue = queueWith(2);
  queue.forget(9);
  assertEquals([queue.end, queue.reach(0)], [2, 2]);
  queue.forget(1);
  assertEquals(eventsFrom(queue, 0), []);
});
