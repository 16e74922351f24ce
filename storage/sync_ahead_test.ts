import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { SyncAhead } from "./sync_ahead.ts";

/** Syncs that end when they are told to. */
class Syncs {
  readonly started: PromiseWithResolvers<void>[] = [];

  readonly sync = (): Promise<void> => {
    const sync = Promise.withResolvers<void>();
    this.started.push(sync);
    return sync.promise;
  };
}

Deno.test("SyncAhead begins a sync for every so many bytes", async () => {
  const { started, sync } = new Syncs();
  const ahead = new SyncAhead(sync, 100);
  ahead.wrote(99);
  assertEquals(started.length, 0);
  ahead.wrote(1);
  assertEquals(started.length, 1);
  started[0]?.resolve();
  await ahead.settle();
  ahead.wrote(99);
  assertEquals(started.length, 1);
  ahead.wrote(1);
  assertEquals(started.length, 2);
  started[1]?.resolve();
  await ahead.settle();
});

Deno.test("SyncAhead syncs once at a time, and then what came meanwhile", async () => {
  const { started, sync } = new Syncs();
  const ahead = new SyncAhead(sync, 100);
  for (const bytes of [100, 100, 100]) ahead.wrote(bytes);
  assertEquals(started.length, 1);
  started[0]?.resolve();
  await ahead.settle();
  ahead.wrote(1);
  assertEquals(started.length, 2);
  started[1]?.resolve();
  await ahead.settle();
});

Deno.test("SyncAhead.settle() waits for the sync under way, and for none when there is none", async () => {
  const { started, sync } = new Syncs();
  const ahead = new SyncAhead(sync, 100);
  await ahead.settle();
  ahead.wrote(100);
  const events: string[] = [];
  const settled = ahead.settle().then(() => events.push("settled"));
  await Promise.resolve();
  events.push("synced");
  started[0]?.resolve();
  await settled;
  assertEquals(events, ["synced", "settled"]);
});

Deno.test("SyncAhead.settle() throws what a sync threw, whatever is written after it", async () => {
  const { started, sync } = new Syncs();
  const ahead = new SyncAhead(sync, 100);
  const failure = new Error("the disk is broken");
  ahead.wrote(100);
  started[0]?.reject(failure);
  assertStrictEquals(await assertRejects(() => ahead.settle()), failure);
  ahead.wrote(100);
  started[1]?.resolve();
  assertStrictEquals(await assertRejects(() => ahead.settle()), failure);
});
