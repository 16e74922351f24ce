/**
 * The gate: commits pass it together, collection passes it alone.
 *
 * A commit checks and touches what it relies on, and writes, while it holds the gate shared; a sweep looks at its
 * candidates again, and removes, while it holds the gate exclusively. So either the commit came first and the sweep
 * sees a fresh time, or the sweep came first and the commit sees the hole. The locks are files of the store, seen by
 * every process and worker that has it open.
 *
 * `flock` is not fair: as long as shared holds overlap, an exclusive one waits for ever. In front of the gate stands
 * a turnstile, which a commit only passes through and which an exclusive hold keeps, so that new commits wait while
 * those inside finish. The commits of one process share a hold of the gate for {@linkcode GATE_JOIN_MS}.
 *
 * @module
 */

import type { StorageDriver, StorageLock } from "./driver.ts";
import { gateCollector, gateLock, gateTurnstile } from "./layout.ts";
import { GATE_JOIN_MS } from "./limits.ts";

interface Hold {
  readonly lock: StorageLock;
  readonly openedMs: number;
  members: number;
}

/** One process's way through the gate of a store. */
export class Gate {
  readonly #driver: StorageDriver;
  readonly #nowMs: () => number;
  readonly #idleLocks: StorageLock[] = [];
  #turnstile: StorageLock | null = null;
  #current: Hold | null = null;
  #opening: Promise<Hold> | null = null;
  /** Commits that wait for the hold being opened. */
  #waiting = 0;

  /** `nowMs` is a clock that never goes back; only its differences count. */
  constructor(driver: StorageDriver, nowMs: () => number = () => performance.now()) {
    this.#driver = driver;
    this.#nowMs = nowMs;
  }

  /** Runs a commit: nothing is collected, and nothing runs {@linkcode exclusive}, before it settles. */
  async shared<T>(commit: () => Promise<T>): Promise<T> {
    const hold = await this.#join();
    try {
      return await commit();
    } finally {
      hold.members--;
      this.#leaveIfDone(hold);
    }
  }

  /**
   * Runs alone: no commit of any process is under way. Must end within some tens of milliseconds. The action is told
   * whether commits were under way before, for which it had to wait.
   */
  async exclusive<T>(action: (isBusy: boolean) => Promise<T>): Promise<T> {
    // Locks of its own: those of the commits may be held at this moment, and a second request for a lock that is
    // held changes its mode instead of waiting.
    const turnstile = await this.#driver.lock(gateTurnstile);
    try {
      const isPassed = await turnstile.acquire("exclusive");
      const lock = await this.#driver.lock(gateLock);
      try {
        const isHeld = await lock.acquire("exclusive");
        return await action(isPassed || isHeld);
      } finally {
        lock.close();
      }
    } finally {
      turnstile.close();
    }
  }

  /**
   * Collects, unless another process is collecting this store; then it waits, or with `isPatient` false returns `null`
   * at once.
   */
  async collecting<T>(isPatient: boolean, action: () => Promise<T>): Promise<T | null> {
    const lock = await this.#driver.lock(gateCollector);
    try {
      if (isPatient) await lock.acquire("exclusive");
      else if (!await lock.tryAcquire("exclusive")) return null;
      return await action();
    } finally {
      lock.close();
    }
  }

  /** The present time by the clock of the store, in milliseconds since 1970. */
  async storeNowMs(): Promise<number> {
    return await this.#driver.now();
  }

  /** Closes the lock files. Nothing may be under way. */
  close(): void {
    for (const lock of this.#idleLocks.splice(0)) lock.close();
    this.#turnstile?.close();
    this.#turnstile = null;
  }

  async #join(): Promise<Hold> {
    const current = this.#current;
    if (current !== null && this.#nowMs() - current.openedMs < GATE_JOIN_MS) {
      current.members++;
      return current;
    }
    this.#waiting++;
    this.#opening ??= this.#open();
    return await this.#opening;
  }

  async #open(): Promise<Hold> {
    try {
      const lock = await this.#acquire();
      // Those who waited are members at once: a newcomer may join, and leave as the last, before any of them runs.
      const hold = { lock, openedMs: this.#nowMs(), members: this.#waiting };
      const previous = this.#current;
      this.#current = hold;
      if (previous !== null) this.#leaveIfDone(previous);
      return hold;
    } finally {
      this.#opening = null;
      this.#waiting = 0;
    }
  }

  /** Passes the turnstile, and takes the gate behind it. */
  async #acquire(): Promise<StorageLock> {
    const turnstile = this.#turnstile ??= await this.#driver.lock(gateTurnstile);
    const lock = this.#idleLocks.pop() ?? await this.#driver.lock(gateLock);
    try {
      await turnstile.acquire("shared");
      try {
        await lock.acquire("shared");
      } finally {
        turnstile.release();
      }
      return lock;
    } catch (error) {
      lock.close();
      throw error;
    }
  }

  /** Gives a hold back once its last member has left, even while it is the current one. */
  #leaveIfDone(hold: Hold): void {
    if (hold.members > 0) return;
    if (this.#current === hold) this.#current = null;
    hold.lock.release();
    this.#idleLocks.push(hold.lock);
  }
}
