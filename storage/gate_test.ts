import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { letOthersRun } from "./contract/kit.ts";
import type { StorageDriver, StorageLock, StoragePath } from "./driver.ts";
import { StorageError } from "./errors.ts";
import { FaultyDriver } from "./faulty_driver.ts";
import { FilesystemDriver } from "./filesystem.ts";
import { Gate } from "./gate.ts";
import { gateLock, gateTurnstile } from "./layout.ts";
import { GATE_JOIN_MS } from "./limits.ts";
import { MemoryDriver } from "./memory.ts";
import { Recorder, withDirectory } from "./store_kit.ts";

/** Turns of the event loop that are enough for a lock of another thread to be given, if it is free. */
const TURNS = 50;

const LOCK_FAILED = new StorageError("io", "Cannot lock: stopped by the test");

/** A commit or an action that goes on until it is told to end. */
class Held {
  readonly #end = Promise.withResolvers<void>();
  readonly #begun = Promise.withResolvers<void>();
  /** Resolves when it has begun. */
  readonly begun = this.#begun.promise;
  hasBegun = false;

  readonly run = async (): Promise<void> => {
    this.hasBegun = true;
    this.#begun.resolve();
    await this.#end.promise;
  };

  end(): void {
    this.#end.resolve();
  }
}

/** Whether a lock is free for an exclusive hold. */
async function isFree(driver: StorageDriver, path: StoragePath): Promise<boolean> {
  const lock = await driver.lock(path);
  try {
    return await lock.tryAcquire("exclusive");
  } finally {
    lock.close();
  }
}

Deno.test("Gate.shared() gives what the commit returns", async () => {
  const gate = new Gate(new MemoryDriver());
  assertEquals(await gate.shared(() => Promise.resolve(7)), 7);
  assertEquals(await gate.exclusive(() => Promise.resolve(8)), 8);
});

Deno.test("Gate.shared() holds the gate until the commit settles, and the turnstile not at all", async () => {
  const driver = new MemoryDriver();
  const gate = new Gate(driver);
  const commit = new Held();
  const done = gate.shared(commit.run);
  await commit.begun;
  assert(!await isFree(driver, gateLock));
  assert(await isFree(driver, gateTurnstile));
  commit.end();
  await done;
  assert(await isFree(driver, gateLock));
});

Deno.test("Gate.shared() joins the hold of a commit under way", async () => {
  const recorder = new Recorder(new MemoryDriver());
  const gate = new Gate(recorder.driver, () => 0);
  const commits = Array.from({ length: 10 }, () => new Held());
  const all = Promise.all(commits.map((commit) => gate.shared(commit.run)));
  await Promise.all(commits.map((commit) => commit.begun));
  const late = new Held();
  const lateDone = gate.shared(late.run);
  await late.begun;
  assertEquals(recorder.operations, [
    "lock _gate/turnstile",
    "lock _gate/gate",
    "lock.acquire _gate/turnstile",
    "lock.acquire _gate/gate",
  ]);
  for (const commit of [...commits, late]) commit.end();
  await all;
  await lateDone;
});

Deno.test("Gate.shared() takes a new hold once the last one is GATE_JOIN_MS old", async () => {
  let nowMs = 1_000;
  const recorder = new Recorder(new MemoryDriver());
  const gate = new Gate(recorder.driver, () => nowMs);
  const acquired = (): number =>
    recorder.operations.filter((operation) => operation === "lock.acquire _gate/gate").length;
  const [first, second, third] = [new Held(), new Held(), new Held()];
  const done = [gate.shared(first.run)];
  await first.begun;
  nowMs += GATE_JOIN_MS - 1;
  done.push(gate.shared(second.run));
  await second.begun;
  assertEquals(acquired(), 1);
  nowMs += 1;
  done.push(gate.shared(third.run));
  await third.begun;
  assertEquals(acquired(), 2);
  for (const commit of [first, second, third]) commit.end();
  await Promise.all(done);
  assert(await isFree(recorder.driver, gateLock));
});

Deno.test("Gate.shared() keeps the hold of an old commit when a younger hold is given back", async () => {
  let nowMs = 0;
  const driver = new MemoryDriver();
  const gate = new Gate(driver, () => nowMs);
  const [old, young] = [new Held(), new Held()];
  const oldDone = gate.shared(old.run);
  await old.begun;
  nowMs += GATE_JOIN_MS;
  const youngDone = gate.shared(young.run);
  await young.begun;
  young.end();
  await youngDone;
  assert(!await isFree(driver, gateLock));
  old.end();
  await oldDone;
  assert(await isFree(driver, gateLock));
});

/** A driver that does something right after the turnstile was let go, before those who waited for the hold run. */
function afterTurnstile(driver: MemoryDriver, action: () => void): StorageDriver {
  const hooked = new FaultyDriver(driver, () => null);
  hooked.lock = (path): Promise<StorageLock> => {
    const lock = driver.lock(path);
    return Promise.resolve({
      acquire: (mode) => lock.acquire(mode),
      tryAcquire: (mode) => lock.tryAcquire(mode),
      release: () => {
        lock.release();
        if (path === gateTurnstile) queueMicrotask(action);
      },
      close: () => lock.close(),
    });
  };
  return hooked;
}

Deno.test("Gate.shared() holds the gate for one who waited, though a newcomer joined and left before", async () => {
  const driver = new MemoryDriver();
  const newcomers: Promise<void>[] = [];
  const hooked = afterTurnstile(driver, () => {
    if (newcomers.length === 0) newcomers.push(gate.shared(() => Promise.resolve()));
  });
  const gate = new Gate(hooked, () => 0);
  await gate.shared(async () => {
    await letOthersRun();
    assert(!await isFree(driver, gateLock));
  });
  assertEquals(newcomers.length, 1);
  await Promise.all(newcomers);
  assert(await isFree(driver, gateLock));
});

Deno.test("Gate.shared() releases when the commit throws", async () => {
  const driver = new MemoryDriver();
  const gate = new Gate(driver);
  const failure = new TypeError("no");
  const error = await assertRejects(() => gate.shared(() => Promise.reject(failure)), TypeError);
  assertStrictEquals(error, failure);
  assert(await isFree(driver, gateLock));
});

Deno.test("Gate.exclusive() releases gate and turnstile when the action throws", async () => {
  const driver = new MemoryDriver();
  const gate = new Gate(driver);
  await assertRejects(() => gate.exclusive(() => Promise.reject(new TypeError("no"))), TypeError);
  assert(await isFree(driver, gateLock));
  assert(await isFree(driver, gateTurnstile));
  assertEquals(await gate.shared(() => Promise.resolve(1)), 1);
});

Deno.test("Gate.exclusive() waits for the commits under way, and newcomers wait for it", async () => {
  const gate = new Gate(new MemoryDriver());
  const [before, action, after] = [new Held(), new Held(), new Held()];
  const beforeDone = gate.shared(before.run);
  await before.begun;
  const actionDone = gate.exclusive(action.run);
  await letOthersRun();
  assert(!action.hasBegun);
  before.end();
  await beforeDone;
  await action.begun;
  const afterDone = gate.shared(after.run);
  await letOthersRun();
  assert(!after.hasBegun);
  action.end();
  await actionDone;
  await after.begun;
  after.end();
  await afterDone;
});

Deno.test("Gate.exclusive() tells the action whether it had to wait for a commit", async () => {
  const gate = new Gate(new MemoryDriver());
  const tell = (isBusy: boolean): Promise<boolean> => Promise.resolve(isBusy);
  assertEquals(await gate.exclusive(tell), false);
  const commit = new Held();
  const committed = gate.shared(commit.run);
  await commit.begun;
  const told = gate.exclusive(tell);
  await letOthersRun();
  commit.end();
  assertEquals(await told, true);
  await committed;
});

Deno.test("Gate.exclusive() runs one action at a time", async () => {
  const gate = new Gate(new MemoryDriver());
  let inside = 0;
  let most = 0;
  await Promise.all(Array.from({ length: 20 }, () =>
    gate.exclusive(async () => {
      most = Math.max(most, ++inside);
      await letOthersRun(1);
      inside--;
    })));
  assertEquals(most, 1);
});

Deno.test("Gate.exclusive() gets its turn among commits that never stop coming", async () => {
  let nowMs = 0;
  const gate = new Gate(new MemoryDriver(), () => nowMs);
  let isOver = false;
  let commits = 0;
  const client = async (): Promise<void> => {
    while (!isOver) {
      await gate.shared(async () => {
        commits++;
        nowMs += 1;
        await letOthersRun(1);
      });
    }
  };
  // Staggered, so that at no time all of them are outside.
  const clients = [client()];
  for (let count = 1; count < 5; count++) {
    await letOthersRun(1);
    clients.push(client());
  }
  await gate.exclusive(() => Promise.resolve());
  isOver = true;
  await Promise.all(clients);
  assert(commits > 0);
});

for (const path of [gateTurnstile, gateLock]) {
  Deno.test(
    `Gate.shared() goes on after a failure to lock ${
      path.split("/").at(-1)
    }, and leaves nothing open`,
    { sanitizeResources: true },
    async () => {
      await withDirectory(async (driver) => {
        let failuresLeft = 1;
        const faulty = new FaultyDriver(
          driver,
          (operation, at) =>
            operation === "lock.acquire" && at === path && failuresLeft-- > 0 ? LOCK_FAILED : null,
        );
        const gate = new Gate(faulty);
        const outcomes = await Promise.allSettled(
          [1, 2, 3].map((value) => gate.shared(() => Promise.resolve(value))),
        );
        assertEquals(outcomes.map(({ status }) => status), ["rejected", "rejected", "rejected"]);
        assertEquals(await gate.shared(() => Promise.resolve(4)), 4);
        gate.close();
        assert(await isFree(driver, gateLock));
        assert(await isFree(driver, gateTurnstile));
      });
    },
  );
}

Deno.test("Gate excludes the gate of another process with the same directory", async () => {
  await withDirectory(async (driver, root) => {
    const [ours, theirs] = [new Gate(driver), new Gate(new FilesystemDriver(root))];
    const [commit, action, late] = [new Held(), new Held(), new Held()];
    const commitDone = ours.shared(commit.run);
    await commit.begun;
    const actionDone = theirs.exclusive(action.run);
    await letOthersRun(TURNS);
    assert(!action.hasBegun);
    commit.end();
    await commitDone;
    await action.begun;
    const lateDone = ours.shared(late.run);
    await letOthersRun(TURNS);
    assert(!late.hasBegun);
    action.end();
    await actionDone;
    await late.begun;
    late.end();
    await lateDone;
    ours.close();
    theirs.close();
  });
});

Deno.test("Gate lets the commits of two processes run together", async () => {
  await withDirectory(async (driver, root) => {
    const gates = [new Gate(driver), new Gate(new FilesystemDriver(root))];
    const commits = gates.map(() => new Held());
    const done = gates.map((gate, index) => gate.shared(commits[index]?.run ?? failing));
    await Promise.all(commits.map((commit) => commit.begun));
    for (const commit of commits) commit.end();
    await Promise.all(done);
    for (const gate of gates) gate.close();
  });
});

function failing(): Promise<void> {
  return Promise.reject(new TypeError("there must be a commit for each gate"));
}

Deno.test("Gate.close() closes the lock files, and the gate opens them again", {
  sanitizeResources: true,
}, async () => {
  await withDirectory(async (driver) => {
    const gate = new Gate(driver);
    await gate.shared(() => Promise.resolve());
    gate.close();
    gate.close();
    await gate.shared(() => Promise.resolve());
    // The resource sanitizer of the test runner sees what stays open.
    gate.close();
  });
});
