import { assertEquals, assertThrows } from "@std/assert";
import type { StoragePath } from "./driver.ts";
import { StorageError } from "./errors.ts";
import { MemoryDriver } from "./memory.ts";
import { ReadOnlyDriver } from "./read_only_driver.ts";

Deno.test("ReadOnlyDriver reads what is there and changes nothing", async () => {
  const path = "a/b" as StoragePath;
  const below = new MemoryDriver();
  await below.put(path, new TextEncoder().encode("text"));
  const driver = new ReadOnlyDriver(below);
  assertEquals(new TextDecoder().decode(await driver.get(path, 10) ?? undefined), "text");
  assertEquals((await driver.stat(path))?.size, 4);
  assertEquals(await driver.list("a" as StoragePath), ["b"]);
  const writes: readonly (() => unknown)[] = [
    () => driver.put(path),
    () => driver.append(path),
    () => driver.move(path, path),
    () => driver.touch(path),
    () => driver.remove(path),
    () => driver.removeAll(path),
    () => driver.prune(path),
    () => driver.lock(path),
  ];
  for (const write of writes) assertThrows(write, StorageError, "reading only");
  assertEquals((await below.stat(path))?.size, 4);
});
