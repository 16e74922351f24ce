import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import type { StorageLockMode } from "./driver.ts";
import { StorageError } from "./errors.ts";
import { MemoryLock, MemoryLockQueue } from "./memory_lock.ts";

/** Locks of one queue, and the order in which those that {@linkcode enter} it come in. */
class LockRoom {
  readonly entered: string[] = [];
  readonly #queue = new MemoryLockQueue("_gate/gate");

  open(): MemoryLock {
    return new MemoryLock(this.#queue);
  }

  async enter(name: string, lock: MemoryLock, mode: StorageLockMode): Promise<void> {
    await lock.acquire(mode);
    this.entered.push(name);
  }
}

Deno.test("MemoryLock.acquire() serves waiters in the order in which they came", async () => {
  const room = new LockRoom();
  const holder = room.open();
  await room.enter("holder", holder, "exclusive");
  const waiting = ["first", "second", "third"].map(async (name) => {
    const lock = room.open();
    await room.enter(name, lock, "exclusive");
    lock.close();
  });
  assertEquals(room.entered, ["holder"]);
  holder.release();
  await Promise.all(waiting);
  assertEquals(room.entered, ["holder", "first", "second", "third"]);
});

Deno.test("MemoryLock.acquire() lets no shared hold pass an exclusive one that waits", async () => {
  const room = new LockRoom();
  const [reader, writer, late] = [room.open(), room.open(), room.open()];
  await room.enter("reader", reader, "shared");
  const written = room.enter("writer", writer, "exclusive");
  const read = room.enter("late", late, "shared");
  assertEquals(room.open().tryAcquire("shared"), false);
  reader.release();
  await written;
  assertEquals(room.entered, ["reader", "writer"]);
  writer.release();
  await read;
  assertEquals(room.entered, ["reader", "writer", "late"]);
});

Deno.test("MemoryLock.close() refuses what waits and lets through what waits behind it", async () => {
  const room = new LockRoom();
  const [reader, writer, late] = [room.open(), room.open(), room.open()];
  await room.enter("reader", reader, "shared");
  const refused = assertRejects(() => writer.acquire("exclusive"), StorageError, "was closed");
  const read = room.enter("late", late, "shared");
  writer.close();
  await refused;
  await read;
  assertEquals(room.entered, ["reader", "late"]);
});

Deno.test("MemoryLock refuses to be taken twice", async () => {
  const lock = new LockRoom().open();
  await lock.acquire("shared");
  assertThrows(() => lock.tryAcquire("shared"), StorageError, "holds it already");
  await assertRejects(() => lock.acquire("exclusive"), StorageError, "holds it already");
  lock.release();
  lock.release();
  assertEquals(lock.tryAcquire("exclusive"), true);
});
