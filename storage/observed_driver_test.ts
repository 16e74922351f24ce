import { assertEquals, assertThrows } from "@std/assert";
import { driverContract } from "./driver_contract.ts";
import { StorageError } from "./errors.ts";
import { MemoryDriver } from "./memory.ts";
import {
  ObservedDriver,
  STORAGE_ACTIONS,
  type StorageAction,
  type StorageWatch,
} from "./observed_driver.ts";
import { ReadOnlyDriver } from "./read_only_driver.ts";
import { foreignPath } from "./store_kit.ts";

/** A watch that writes down what it sees. */
function recorder(seen: StorageAction[]): StorageWatch {
  return (action, act) => {
    seen.push(action);
    return act();
  };
}

driverContract("ObservedDriver", () =>
  Promise.resolve({
    driver: new ObservedDriver(new MemoryDriver(), recorder([])),
    close: () => Promise.resolve(),
  }));

Deno.test("ObservedDriver shows each action by its name", async () => {
  const seen: StorageAction[] = [];
  const driver = new ObservedDriver(new MemoryDriver(), recorder(seen));
  assertEquals([driver.name, driver.isShared], ["inmemory", false]);
  const [path, other, directory] = ["a/b", "a/c", "a"].map(foreignPath);
  if (path === undefined || other === undefined || directory === undefined) return;
  await driver.put(path, new Uint8Array([1]));
  await driver.get(path, 10);
  await driver.stat(path);
  await (await driver.read(path, { start: 0, end: 1 }))?.cancel();
  (await driver.append(other, { create: true }))?.close();
  await driver.move(path, other);
  await driver.list(directory);
  await driver.touch(other);
  await driver.remove(other);
  assertEquals(seen, [
    "PutContent",
    "GetContent",
    "Stat",
    "Reader",
    "Writer",
    "Move",
    "List",
    "Touch",
    "Delete",
  ]);
  assertEquals(new Set(seen), new Set(STORAGE_ACTIONS));
});

Deno.test("ObservedDriver hands failures through", () => {
  const driver = new ObservedDriver(new ReadOnlyDriver(new MemoryDriver()), recorder([]));
  assertThrows(() => driver.touch(foreignPath("a")), StorageError, "reading only");
});
