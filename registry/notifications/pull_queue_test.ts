import { assertEquals } from "@std/assert";
import { PullQueue } from "./pull_queue.ts";

/** A queue for three pulls, to which so many were added. */
function queueWith(count: number): PullQueue<number> {
  const queue = new PullQueue<number>({ count: 3, bytes: Infinity });
  for (let pull = 0; pull < count; pull++) queue.add({ pull, before: 1, bytes: 1 });
  return queue;
}

/** What a reader at a place finds. */
function pullsFrom<T>(queue: PullQueue<T>, start: number): readonly T[] {
  const pulls: T[] = [];
  for (let place = Math.max(start, queue.first);; place++) {
    const entry = queue.at(place);
    if (entry === null) return pulls;
    pulls.push(entry.pull);
  }
}

Deno.test("PullQueue keeps pulls for readers that are at different places", () => {
  const queue = queueWith(3);
  assertEquals(pullsFrom(queue, 0), [0, 1, 2]);
  assertEquals(pullsFrom(queue, 2), [2]);
  assertEquals(pullsFrom(queue, 3), []);
  queue.forget(3);
  queue.add({ pull: 3, before: 1, bytes: 1 });
  assertEquals(pullsFrom(queue, 3), [3]);
  assertEquals(queue.count, 1);
});

Deno.test("PullQueue makes room by letting the oldest go", () => {
  for (const count of [4, 6, 7, 100]) {
    const queue = queueWith(count);
    assertEquals(pullsFrom(queue, 0), [count - 3, count - 2, count - 1]);
    assertEquals([queue.first, queue.end, queue.count], [count - 3, count, 3]);
    assertEquals(queue.at(count - 4), null);
  }
});

Deno.test("PullQueue lets as many go as it takes to have room for the bytes of the newest", () => {
  const queue = new PullQueue<string>({ count: 100, bytes: 10 });
  const add = (pull: string, bytes: number): void => queue.add({ pull, before: 1, bytes });
  for (const pull of ["a", "b", "c"]) add(pull, 3);
  assertEquals(pullsFrom(queue, 0), ["a", "b", "c"]);
  add("d", 6);
  assertEquals(pullsFrom(queue, 0), ["c", "d"]);
  add("e", 11);
  assertEquals([queue.first, queue.end, queue.count], [5, 5, 0]);
  add("f", 10);
  assertEquals(pullsFrom(queue, 0), ["f"]);
});

Deno.test("PullQueue.forget() passes over what is gone, and what is not there yet", () => {
  const queue = queueWith(2);
  queue.forget(9);
  assertEquals([queue.end, queue.first], [2, 2]);
  queue.forget(1);
  assertEquals(pullsFrom(queue, 0), []);
  for (const pull of [7, 8, 9]) queue.add({ pull, before: 1, bytes: 1 });
  queue.forget(3);
  assertEquals([pullsFrom(queue, 0), queue.at(2)], [[8, 9], null]);
});
