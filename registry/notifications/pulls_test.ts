import { assert, assertEquals } from "@std/assert";
import { MemoryDriver } from "../../storage/memory.ts";
import { PULL_EVENTS_AHEAD, PULL_EVENTS_MAX } from "../../storage/limits.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Notifier } from "./notifier.ts";
import { endpointOf, eventOf, startNotifier, TestLoop, withListener } from "./notifier_kit.ts";
import { SpoolState } from "./spool_state.ts";

/** A notifier over an empty store, and one event loop whose pulls it may have. */
async function open(
  endpoints: readonly Endpoint[],
  count = Infinity,
): Promise<{ readonly notifier: Notifier; readonly loop: TestLoop; readonly state: SpoolState }> {
  const state = new SpoolState();
  const notifier = await startNotifier(new MemoryDriver(), endpoints, [], { state });
  return { notifier, state, loop: new TestLoop(notifier, state, count) };
}

/** Ids with numbers from one to another. */
function ids(from: number, to: number): readonly string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => `pull ${from + index}`);
}

const DEAD = endpointOf("http://127.0.0.1:1/", { name: "dead" });

Deno.test("Notifier tells of a pull between what was pushed before and after it", async () => {
  await withListener(async (listener) => {
    const { notifier, loop } = await open([endpointOf(listener.url)]);
    listener.statuses.push(...Array.from({ length: 50 }, () => 500));
    await notifier.keep([eventOf("push 1")]);
    loop.pull("pull 1");
    await notifier.keep([eventOf("push 2")]);
    loop.pull("pull 2", "pull 3");
    await listener.untilPosts(50 + 5);
    await notifier.stop();
    const expected = ["push 1", "pull 1", "push 2", "pull 2", "pull 3"];
    assertEquals([...new Set(listener.requestIds)], expected);
  });
});

Deno.test("Notifier keeps that order when pulls wait in an event loop until they are asked for", async () => {
  await withListener(async (listener) => {
    const { notifier, loop } = await open([endpointOf(listener.url, { batch: 10 })]);
    const first = ids(1, 3 * PULL_EVENTS_AHEAD);
    const second = ids(first.length + 1, 5 * PULL_EVENTS_AHEAD);
    loop.isPrompt = false;
    loop.pull(...first);
    await notifier.keep([eventOf("push 1")]);
    loop.pull(...second);
    await notifier.keep([eventOf("push 2")]);
    loop.isPrompt = true;
    loop.hand();
    while (listener.requestIds.at(-1) !== "push 2") {
      await listener.untilPosts(listener.posts.length + 1);
    }
    await notifier.stop();
    assertEquals(listener.requestIds, [...first, "push 1", ...second, "push 2"]);
  });
});

Deno.test("Notifier keeps that order across event loops", async () => {
  await withListener(async (listener) => {
    const { notifier, loop, state } = await open([endpointOf(listener.url)]);
    const other = new TestLoop(notifier, state);
    for (const each of [loop, other]) each.isPrompt = false;
    loop.pull("pull 1");
    await notifier.keep([eventOf("push 1")]);
    other.pull("pull 2");
    await notifier.keep([eventOf("push 2")]);
    other.hand();
    loop.hand();
    await listener.untilPosts(4);
    await notifier.stop();
    const place = (id: string): number => listener.requestIds.indexOf(id);
    assertEquals(listener.requestIds.length, 4);
    assert(place("pull 2") > place("push 1") && place("pull 2") < place("push 2"));
  });
});

Deno.test("Notifier takes no more pulls than a listener takes, and counts those that made room", async () => {
  const { notifier, loop } = await open([DEAD], 1_000);
  loop.pull("first");
  loop.pull(...ids(1, 5_000));
  const [counts] = await notifier.counts();
  assert(loop.handed <= PULL_EVENTS_AHEAD, `${loop.handed} were handed over`);
  assertEquals([counts?.dropped, counts?.pending], [4_000, 1_001]);
  await notifier.stop();
});

Deno.test("Notifier lets the oldest pulls go for a listener that is slower than another", async () => {
  await withListener(async (listener) => {
    const { notifier, loop } = await open([DEAD, endpointOf(listener.url, { batch: 500 })]);
    const sent = PULL_EVENTS_MAX + 50;
    loop.pull(...ids(1, sent));
    while (listener.requestIds.length < sent) {
      await listener.untilPosts(listener.posts.length + 1);
    }
    await notifier.stop();
    assertEquals(listener.requestIds, ids(1, sent));
    const [dead, quick] = await notifier.counts();
    assertEquals([quick?.dropped, quick?.pending], [0, 0]);
    assertEquals(dead?.pending, PULL_EVENTS_MAX);
    // One may be in its hands over and over, and so be neither.
    assert([49, 50].includes(dead?.dropped ?? 0), `${dead?.dropped} were dropped`);
  });
});

Deno.test("Notifier writes no pulls for listeners that want none, and counts none for them", async () => {
  await withListener(async (listener) => {
    const { notifier, loop } = await open([
      DEAD,
      endpointOf(listener.url, { name: "quick", ignoredActions: ["pull"] }),
    ]);
    loop.pull(...ids(1, 1_000));
    await notifier.keep([eventOf("push")]);
    await listener.untilPosts(1);
    loop.pull(...ids(1_001, 2_000));
    assert(loop.handed <= PULL_EVENTS_AHEAD, `${loop.handed} were handed over`);
    const counts = await notifier.counts();
    await notifier.stop();
    assertEquals(listener.ids, ["push"]);
    assertEquals(counts[1]?.dropped, 0);
    assert((counts[1]?.pending ?? 0) <= 1);
    assert((counts[0]?.pending ?? 0) >= 2_000);
  });
});
