/**
 * Rules of `lock`.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { StorageDriver, StorageLock, StorageLockMode, StoragePath } from "../driver.ts";
import { type ContractCase, type ContractKit, letOthersRun } from "./kit.ts";

const MODES: readonly StorageLockMode[] = ["shared", "exclusive"];

/** Tasks that compete for one lock, and how often each takes it. */
const COMPETITORS = 6;
const TURNS = 5;

/** Opens three locks of one path, the second one perhaps in another instance, and closes them at the end. */
async function withLocks(
  kit: ContractKit,
  second: StorageDriver,
  body: (a: StorageLock, b: StorageLock, c: StorageLock) => Promise<void>,
): Promise<void> {
  const path = kit.at("_gate/gate");
  const a = await kit.driver.lock(path);
  const b = await second.lock(path);
  const c = await kit.driver.lock(path);
  try {
    await body(a, b, c);
  } finally {
    for (const lock of [a, b, c]) lock.close();
  }
}

/** Fails unless shared beside shared is the only pair of modes that two locks can hold at once. */
async function assertExclusion(holder: StorageLock, other: StorageLock): Promise<void> {
  for (const held of MODES) {
    for (const wanted of MODES) {
      await holder.acquire(held);
      const isCompatible = held === "shared" && wanted === "shared";
      assertEquals(await other.tryAcquire(wanted), isCompatible, `${wanted} beside ${held}`);
      if (isCompatible) other.release();
      holder.release();
      assertEquals(await other.tryAcquire(wanted), true, `${wanted} after ${held}`);
      other.release();
    }
  }
}

/** Waits for a lock while its holders release it one by one; tells after how many releases it came. */
async function releasesBefore(
  waiter: StorageLock,
  mode: StorageLockMode,
  holders: readonly StorageLock[],
): Promise<number> {
  let releases = 0;
  const waiting = waiter.acquire(mode).then(() => releases);
  await letOthersRun();
  for (const holder of holders) {
    releases++;
    holder.release();
    await letOthersRun();
  }
  const cameAfter = await waiting;
  waiter.release();
  return cameAfter;
}

/** Lets tasks that compete for one lock count in turn; fails when two of them were in at once. */
async function assertTurns(drivers: readonly StorageDriver[], path: StoragePath): Promise<void> {
  let count = 0;
  const compete = async (_: unknown, index: number): Promise<void> => {
    const lock = await drivers[index % drivers.length]?.lock(path);
    for (let turn = 0; turn < TURNS; turn++) {
      await lock?.acquire("exclusive");
      const before = count;
      await letOthersRun(1);
      count = before + 1;
      lock?.release();
    }
    lock?.close();
  };
  await Promise.all(Array.from({ length: COMPETITORS }, compete));
  assertEquals(count, COMPETITORS * TURNS);
}

export const LOCK_CASES: readonly ContractCase[] = [
  {
    name: "lock() opens a lock that nothing holds",
    run: (kit): Promise<void> =>
      withLocks(kit, kit.driver, async (_, other) => {
        for (const mode of MODES) {
          assertEquals(await other.tryAcquire(mode), true);
          other.release();
        }
      }),
  },
  {
    name: "lock() lets only shared holds share",
    run: (kit): Promise<void> => withLocks(kit, kit.driver, assertExclusion),
  },
  {
    name: "lock() binds another instance too",
    needs: ["a second instance"],
    run: (kit): Promise<void> =>
      withLocks(kit, kit.second, async (first, second) => {
        await assertExclusion(first, second);
        await assertExclusion(second, first);
        await first.acquire("exclusive");
        assertEquals(await releasesBefore(second, "shared", [first]), 1);
      }),
  },
  {
    name: "acquire() waits until an exclusive hold is released",
    run: (kit): Promise<void> =>
      withLocks(kit, kit.driver, async (holder, waiter) => {
        for (const mode of MODES) {
          await holder.acquire("exclusive");
          assertEquals(await releasesBefore(waiter, mode, [holder]), 1);
        }
      }),
  },
  {
    name: "acquire() says whether it had to wait",
    run: (kit): Promise<void> =>
      withLocks(kit, kit.driver, async (holder, waiter) => {
        assertEquals(await holder.acquire("exclusive"), false);
        const waiting = waiter.acquire("shared");
        holder.release();
        assertEquals(await waiting, true);
      }),
  },
  {
    name: "acquire() of an exclusive hold waits for every shared one, released in any order",
    run: (kit): Promise<void> =>
      withLocks(kit, kit.driver, async (first, second, waiter) => {
        for (const order of [[first, second], [second, first]]) {
          await first.acquire("shared");
          await second.acquire("shared");
          assertEquals(await releasesBefore(waiter, "exclusive", order), 2);
        }
      }),
  },
  {
    name: "acquire() by several shared waiters wakes them all",
    run: (kit): Promise<void> =>
      withLocks(kit, kit.driver, async (holder, first, second) => {
        await holder.acquire("exclusive");
        const waiting = Promise.all([first.acquire("shared"), second.acquire("shared")]);
        holder.release();
        await waiting;
        assertEquals(await holder.tryAcquire("exclusive"), false);
        first.release();
        assertEquals(await holder.tryAcquire("exclusive"), false);
        second.release();
        assertEquals(await holder.tryAcquire("exclusive"), true);
      }),
  },
  {
    name: "acquire() by competing tasks lets one in at a time, and every one in the end",
    run: (kit): Promise<void> => assertTurns([kit.driver], kit.at("_gate/gate")),
  },
  {
    name: "acquire() by competing instances lets one in at a time, and every one in the end",
    needs: ["a second instance"],
    run: (kit): Promise<void> => assertTurns([kit.driver, kit.second], kit.at("_gate/gate")),
  },
  {
    name: "tryAcquire() that fails leaves the hold to its holder",
    run: (kit): Promise<void> =>
      withLocks(kit, kit.driver, async (holder, other, third) => {
        await holder.acquire("exclusive");
        for (const mode of MODES) assertEquals(await other.tryAcquire(mode), false);
        assertEquals(await third.tryAcquire("shared"), false);
        holder.release();
        assertEquals(await third.tryAcquire("exclusive"), true);
      }),
  },
  {
    name: "close() of a lock gives back what it holds",
    async run(kit): Promise<void> {
      const path = kit.at("_gate/gate");
      for (const mode of MODES) {
        const [holder, other] = [await kit.driver.lock(path), await kit.driver.lock(path)];
        await holder.acquire(mode);
        holder.close();
        assertEquals(await other.tryAcquire("exclusive"), true);
        other.close();
      }
    },
  },
  {
    name: "locks of different paths have nothing to do with each other",
    async run(kit): Promise<void> {
      const gate = await kit.driver.lock(kit.at("_gate/gate"));
      const turnstile = await kit.driver.lock(kit.at("_gate/turnstile"));
      await gate.acquire("exclusive");
      assertEquals(await turnstile.tryAcquire("exclusive"), true);
      gate.close();
      turnstile.close();
    },
  },
];
