import { assert, assertEquals, assertRejects } from "@std/assert";
import type { StoragePath } from "./driver.ts";
import { driverContract } from "./driver_contract.ts";
import { StorageError } from "./errors.ts";
import { MEMORY_CHUNK_BYTES } from "./limits.ts";
import { MemoryDriver } from "./memory.ts";

const NOW_MS = Date.UTC(2026, 0, 1);

/** A driver whose clock says what the test says. */
function openWithClock(): { driver: MemoryDriver; clock: { nowMs: number } } {
  const clock = { nowMs: NOW_MS };
  return { driver: new MemoryDriver({ clock: () => clock.nowMs }), clock };
}

function path(text: string): StoragePath {
  return text as StoragePath;
}

driverContract(
  "MemoryDriver",
  () => Promise.resolve({ ...openWithClock(), close: () => Promise.resolve() }),
  {
    backdate: ({ driver, clock }, file) => {
      clock.nowMs = 0;
      driver.touch(file);
      clock.nowMs = NOW_MS;
    },
  },
);

Deno.test("MemoryDriver shares nothing with another one", () => {
  const [first, second] = [new MemoryDriver(), new MemoryDriver()];
  first.put(path("a/data"), new Uint8Array(1));
  assertEquals(first.isShared, false);
  assertEquals(second.stat(path("a/data")), null);
  assertEquals(second.list(path("")), []);
});

Deno.test("MemoryDriver takes modifiedMs from its clock", async () => {
  const { driver, clock } = openWithClock();
  const data = path("a/data");
  driver.put(data, new Uint8Array(1));
  assertEquals(driver.stat(data)?.modifiedMs, NOW_MS);
  clock.nowMs = NOW_MS + 1;
  const writer = driver.append(data);
  assertEquals(driver.stat(data)?.modifiedMs, NOW_MS);
  await writer?.write(new Uint8Array(1));
  writer?.close();
  assertEquals(driver.stat(data)?.modifiedMs, NOW_MS + 1);
  clock.nowMs = NOW_MS + 2;
  driver.touch(data);
  assertEquals(driver.stat(data)?.modifiedMs, NOW_MS + 2);
});

Deno.test("MemoryDriver.move() keeps modifiedMs, as a rename does", () => {
  const { driver, clock } = openWithClock();
  driver.put(path("a/from"), new Uint8Array(1));
  clock.nowMs = NOW_MS + 1;
  driver.move(path("a/from"), path("a/to"));
  assertEquals(driver.stat(path("a/to"))?.modifiedMs, NOW_MS);
});

Deno.test("MemoryDriver.read() gives a big file in pieces, none before it is asked for", async () => {
  const driver = new MemoryDriver();
  const data = path("a/data");
  const size = 2 * MEMORY_CHUNK_BYTES + 10;
  driver.put(data, new Uint8Array(size));
  const stream = driver.read(data, { start: 5, end: size });
  assert(stream !== null);
  const reader = stream.getReader();
  const sizes: number[] = [];
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    sizes.push(next.value.length);
  }
  assertEquals(sizes, [MEMORY_CHUNK_BYTES - 5, MEMORY_CHUNK_BYTES, 10]);
});

Deno.test("MemoryDriver.read() says which file was too short", async () => {
  const driver = new MemoryDriver();
  driver.put(path("a/data"), new Uint8Array(4));
  const stream = driver.read(path("a/data"), { start: 2, end: 6 });
  assert(stream !== null);
  const error = await assertRejects(() => Array.fromAsync(stream), StorageError);
  assertEquals(error.kind, "corrupt");
  assertEquals(error.message, 'Cannot read bytes 2 to 6 of "a/data": it ends after 4 bytes');
});

Deno.test("MemoryDriver.append() of a closed writer throws", async () => {
  const driver = new MemoryDriver();
  const writer = driver.append(path("a/data"), { create: true });
  assert(writer !== null);
  writer.close();
  for (const act of [() => writer.write(new Uint8Array(1)), () => writer.sync()]) {
    assertEquals((await assertRejects(act, StorageError)).kind, "invalid");
  }
  assertEquals(driver.stat(path("a/data"))?.size, 0);
});

Deno.test("MemoryDriver.append() holds the file, not its path", async () => {
  const driver = new MemoryDriver();
  const first = driver.append(path("a/data"), { create: true });
  driver.move(path("a/data"), path("b/data"));
  const second = driver.append(path("a/data"), { create: true });
  await first?.write(new Uint8Array(1));
  assertEquals(driver.stat(path("b/data"))?.size, 1);
  assertEquals(driver.stat(path("a/data"))?.size, 0);
  first?.close();
  second?.close();
});

Deno.test("MemoryDriver.prune() goes on above a directory that is gone", () => {
  const driver = new MemoryDriver();
  driver.put(path("a/b/c/data"), new Uint8Array(1));
  driver.removeAll(path("a/b/c"));
  driver.prune(path("a/b/c"), path("a"));
  assertEquals(driver.stat(path("a/b")), null);
  assertEquals(driver.stat(path("a"))?.isDirectory, true);
});
