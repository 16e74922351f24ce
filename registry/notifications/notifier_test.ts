import { assertEquals } from "@std/assert";
import { EventPositionFile, positionedEndpoints } from "../../storage/event_position.ts";
import { FilesystemDriver } from "../../storage/filesystem.ts";
import { MemoryDriver } from "../../storage/memory.ts";
import { endpointIdOf } from "../../storage/names.ts";
import { ReadOnlyDriver } from "../../storage/read_only_driver.ts";
import { withDirectory } from "../../storage/store_kit.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Notifier } from "./notifier.ts";
import { endpointOf, eventOf, startNotifier, TestLoop, withListener } from "./notifier_kit.ts";
import { SpoolState } from "./spool_state.ts";

Deno.test("Notifier delivers events one by one, in their order", async () => {
  await withListener(async (listener) => {
    const notifier = await startNotifier(new MemoryDriver(), [endpointOf(listener.url)]);
    await notifier.keep([eventOf("1"), eventOf("2")]);
    await notifier.keep([eventOf("3")]);
    await listener.untilPosts(3);
    await notifier.stop();
    assertEquals(listener.posts.map(({ events }) => events.map(({ id }) => id)), [["1"], ["2"], [
      "3",
    ]]);
  });
});

Deno.test("Notifier posts the same event until it is taken, and goes on then", async () => {
  await withListener(async (listener) => {
    listener.statuses.push(500, 404, 302, 500, 204);
    const notifier = await startNotifier(new MemoryDriver(), [endpointOf(listener.url)]);
    await notifier.keep([eventOf("1"), eventOf("2"), eventOf("3")]);
    await listener.untilPosts(6);
    await notifier.stop();
    assertEquals(listener.ids, ["1", "1", "1", "2", "2", "3"]);
    const [counts] = await notifier.counts();
    assertEquals(counts?.events, { Events: 3, Successes: 3, Failures: 3, Errors: 0 });
    assertEquals(counts?.statuses, { 200: 1, 204: 1, 302: 1, 404: 1, 500: 2 });
    assertEquals(counts?.pending, 0);
  });
});

Deno.test("Notifier goes on where it was when it is started again", async () => {
  await withListener(async (listener) => {
    const driver = new MemoryDriver();
    const endpoints = [endpointOf(listener.url)];
    const first = await startNotifier(driver, endpoints);
    await first.keep([eventOf("1")]);
    await listener.untilPosts(1);
    await first.stop();
    const away = await startNotifier(driver, [endpointOf("http://127.0.0.1:1/")]);
    await away.keep([eventOf("2"), eventOf("3")]);
    await away.stop();
    const second = await startNotifier(driver, endpoints);
    await second.keep([eventOf("4")]);
    await listener.untilPosts(4);
    await second.stop();
    assertEquals(listener.ids, ["1", "2", "3", "4"]);
  });
});

Deno.test("Notifier tells a new listener of what comes from now on", async () => {
  await withListener(async (listener) => {
    const driver = new MemoryDriver();
    const dead = endpointOf("http://127.0.0.1:1/", { name: "dead" });
    const first = await startNotifier(driver, [dead]);
    await first.keep([eventOf("1")]);
    await first.stop();
    const second = await startNotifier(driver, [dead, endpointOf(listener.url)]);
    await second.keep([eventOf("2")]);
    await listener.untilPosts(1);
    await second.stop();
    assertEquals((await second.counts()).map(({ pending }) => pending), [2, 0]);
    assertEquals(listener.ids, ["2"]);
  });
});

Deno.test("Notifier sends each listener what it does not ignore", async () => {
  await withListener(async (listener) => {
    const endpoint = endpointOf(listener.url, {
      ignoredActions: ["delete"],
      ignoredMediaTypes: ["application/octet-stream"],
    });
    const notifier = await startNotifier(new MemoryDriver(), [endpoint]);
    await notifier.keep([
      eventOf("1", "delete", ""),
      eventOf("2", "push", "application/octet-stream"),
      eventOf("3"),
    ]);
    await listener.untilPosts(1);
    await notifier.stop();
    assertEquals(listener.ids, ["3"]);
  });
});

Deno.test("Notifier gathers events into one request when it is allowed to", async () => {
  await withListener(async (listener) => {
    const notifier = await startNotifier(new MemoryDriver(), [
      endpointOf(listener.url, { batch: 3 }),
    ]);
    await notifier.keep(["1", "2", "3", "4"].map((id) => eventOf(id)));
    await listener.untilPosts(2);
    await notifier.stop();
    assertEquals(listener.posts.map(({ events }) => events.length), [3, 1]);
    assertEquals(listener.ids, ["1", "2", "3", "4"]);
  });
});

Deno.test("two processes deliver once, and one goes on when the other ends", async () => {
  await withListener(async (listener) => {
    await withDirectory(async (driver, root) => {
      const endpoints = [endpointOf(listener.url)];
      const one = await startNotifier(driver, endpoints);
      const other = await startNotifier(new FilesystemDriver(root), endpoints);
      assertEquals((await one.counts())[0]?.isHere, true);
      assertEquals((await other.counts())[0]?.isHere, false);
      await other.keep([eventOf("1")]);
      await one.keep([eventOf("2")]);
      await listener.untilPosts(2);
      await one.stop();
      await other.keep([eventOf("3")]);
      await listener.untilPosts(3);
      await other.stop();
      assertEquals(listener.ids, ["1", "2", "3"]);
    });
  });
});

Deno.test("Notifier forgets listeners that are not named any more, and says so", async () => {
  const driver = new MemoryDriver();
  const said: string[] = [];
  const dead = (name: string): Endpoint => endpointOf("http://127.0.0.1:1/", { name });
  await (await startNotifier(driver, [dead("old"), dead("new")])).stop();
  await (await startNotifier(driver, [dead("new")], said)).stop();
  assertEquals(await positionedEndpoints(driver), ["new"]);
  assertEquals(said, ["old: is not a listener any more, and nothing is kept for it"]);
});

Deno.test("Notifier says when a listener takes nothing, and when it does again", async () => {
  await withListener(async (listener) => {
    const said: string[] = [];
    const endpoint = endpointOf(listener.url, { threshold: 2 });
    listener.statuses.push(503, 503, 503);
    const driver = new MemoryDriver();
    const notifier = await startNotifier(driver, [endpoint], said);
    await notifier.keep([eventOf("1")]);
    await listener.untilPosts(4);
    await notifier.stop();
    assertEquals(said, [
      "listener: does not take events, which are kept for it: it answered 503",
      "listener: takes events again",
    ]);
  });
});

Deno.test("Notifier writes down why a listener failed", async () => {
  await withListener(async (listener) => {
    listener.statuses.push(...Array.from({ length: 1_000 }, () => 500));
    const driver = new MemoryDriver();
    const notifier = await startNotifier(driver, [endpointOf(listener.url)]);
    await notifier.keep([eventOf("1")]);
    await listener.untilPosts(3);
    await notifier.stop();
    const id = endpointIdOf("listener");
    const position = id === null ? null : await new EventPositionFile(driver, id).read();
    assertEquals([position?.place.number, position?.failure], [1, "it answered 500"]);
  });
});

Deno.test("Notifier turns writes down when as much waits as may wait", async () => {
  const driver = new MemoryDriver();
  const said: string[] = [];
  const state = new SpoolState();
  const start = (spoolBytesMax: number): Promise<Notifier> =>
    startNotifier(driver, [endpointOf("http://127.0.0.1:1/")], said, { spoolBytesMax, state });
  const first = await start(100);
  await first.keep([eventOf("1"), eventOf("2")]);
  await first.stop();
  assertEquals([state.isFull, state.end], [false, 3]);
  const second = await start(100);
  assertEquals([state.isFull, state.end], [true, 3]);
  await second.stop();
  const third = await start(1_000);
  assertEquals(state.isFull, false);
  await third.stop();
  assertEquals(said, [
    "the spool is full: writes are turned down",
    "the spool has room again",
  ]);
});

Deno.test("Notifier tells of pulls from a store that is only read, and writes nothing there", async () => {
  await withListener(async (listener) => {
    const driver = new MemoryDriver();
    const said: string[] = [];
    const state = new SpoolState();
    const readOnly = new ReadOnlyDriver(driver);
    const endpoints = [endpointOf(listener.url)];
    const notifier = await startNotifier(readOnly, endpoints, said, { isReadOnly: true, state });
    new TestLoop(notifier, state).pull("1");
    await listener.untilPosts(1);
    await notifier.stop();
    assertEquals([listener.requestIds, said], [["1"], []]);
    assertEquals(await positionedEndpoints(driver), []);
  });
});
