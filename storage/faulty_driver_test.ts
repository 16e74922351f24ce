import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import type { StorageDriver, StoragePath } from "./driver.ts";
import { driverContract } from "./driver_contract.ts";
import { StorageError } from "./errors.ts";
import { FaultyDriver, type FaultyOperation } from "./faulty_driver.ts";
import { MemoryDriver } from "./memory.ts";

const DATA = "a/data" as StoragePath;
const OTHER = "a/other" as StoragePath;
const DISK_FULL = new StorageError("full", "Cannot write: no space left on the device");

/** One way to ask for each operation. */
const ACTIONS: Readonly<Record<FaultyOperation, (driver: StorageDriver) => Promise<unknown>>> = {
  get: async (driver) => await driver.get(DATA, 100),
  put: async (driver) => await driver.put(DATA, new Uint8Array(1)),
  stat: async (driver) => await driver.stat(DATA),
  read: async (driver) => (await driver.read(DATA, { start: 0, end: 1 }))?.cancel(),
  append: async (driver) => (await driver.append(DATA))?.close(),
  move: async (driver) => await driver.move(DATA, OTHER),
  touch: async (driver) => await driver.touch(DATA),
  list: async (driver) => await driver.list(DATA),
  remove: async (driver) => await driver.remove(DATA),
  removeAll: async (driver) => await driver.removeAll(DATA),
  prune: async (driver) => await driver.prune(DATA, OTHER),
  lock: async (driver) => await driver.lock(DATA),
  "read chunk": (driver) => readAll(driver),
  "writer.write": async (driver) => await (await driver.append(DATA))?.write(new Uint8Array(1)),
  "writer.sync": async (driver) => await (await driver.append(DATA))?.sync(),
  "writer.settle": async (driver) => await (await driver.append(DATA))?.settle(),
  "lock.acquire": async (driver) => await (await driver.lock(DATA)).acquire("shared"),
};

async function readAll(driver: StorageDriver): Promise<Uint8Array[]> {
  const stream = await driver.read(DATA, { start: 0, end: 4 });
  assert(stream !== null);
  return Array.fromAsync(stream);
}

function openWithData(): MemoryDriver {
  const driver = new MemoryDriver();
  driver.put(DATA, new Uint8Array(4));
  return driver;
}

driverContract("FaultyDriver without faults", () =>
  Promise.resolve({
    driver: new FaultyDriver(new MemoryDriver(), () => null),
    close: () => Promise.resolve(),
  }));

for (const [operation, act] of Object.entries(ACTIONS)) {
  Deno.test(`FaultyDriver fails "${operation}" when its plan says so`, async () => {
    const faulty = new FaultyDriver(openWithData(), (asked, path) => {
      assertEquals(path, DATA);
      return asked === operation ? DISK_FULL : null;
    });
    const error = await assertRejects(async () => await act(faulty), StorageError);
    assertStrictEquals(error, DISK_FULL);
  });
}

Deno.test("FaultyDriver hands a failed operation to nobody", async () => {
  const driver = openWithData();
  const faulty = new FaultyDriver(driver, (asked) => asked === "append" ? null : DISK_FULL);
  const writer = await faulty.append(DATA);
  await assertRejects(async () => await faulty.remove(DATA), StorageError);
  await assertRejects(async () => await writer?.write(new Uint8Array(1)), StorageError);
  assertEquals(writer?.size, 4);
  assertEquals(driver.stat(DATA)?.size, 4);
});

Deno.test("FaultyDriver can fill the disk in the middle of an upload", async () => {
  const driver = openWithData();
  let writesLeft = 2;
  const faulty = new FaultyDriver(
    driver,
    (operation) => operation === "writer.write" && writesLeft-- === 0 ? DISK_FULL : null,
  );
  const writer = await faulty.append(DATA);
  const write = async (): Promise<void> => await writer?.write(new Uint8Array(10));
  await write();
  await write();
  await assertRejects(write, StorageError, "no space left");
  await write();
  writer?.close();
  assertEquals(driver.stat(DATA)?.size, 34);
});
