import { assertEquals } from "@std/assert";
import { tryLock } from "./filesystem_lock.ts";

/** Opens a file twice, for two parties to its lock. */
async function withFiles(body: (a: Deno.FsFile, b: Deno.FsFile) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempFile({ prefix: "berth_lock_" });
  const open = (): Deno.FsFile => Deno.openSync(path, { read: true, write: true });
  const [a, b] = [open(), open()];
  try {
    await body(a, b);
  } finally {
    for (const file of [a, b]) file.close();
    await Deno.remove(path);
  }
}

/** A file as Deno before 2.9 has it, whose wait for the lock the test ends. */
function waitingFile(): { lock: () => Promise<void>; locked: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { lock: () => promise, locked: resolve };
}

Deno.test("tryLock() takes a free lock, and no held one", () =>
  withFiles(async (a, b) => {
    assertEquals(await tryLock(a, true), true);
    assertEquals(await tryLock(b, true), false);
    a.unlockSync();
    assertEquals(await tryLock(b, true), true);
  }));

Deno.test("tryLock() of a file that can only wait takes a lock that comes", async () => {
  const file = waitingFile();
  file.locked();
  assertEquals(await tryLock({ lock: file.lock }, true), true);
});

Deno.test("tryLock() of a file that can only wait gives up on a lock that does not come", async () => {
  assertEquals(await tryLock({ lock: waitingFile().lock }, true), false);
});
