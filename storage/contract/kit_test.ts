import { assertEquals, assertRejects } from "@std/assert";
import { MemoryDriver } from "../memory.ts";
import type { StoragePath } from "../driver.ts";
import { StorageError } from "../errors.ts";
import { textBytes } from "./bytes.ts";
import { ContractKit, failureOf, resultOf } from "./kit.ts";

function openKit(driver: MemoryDriver): ContractKit {
  return new ContractKit({ driver, second: null, backdate: null });
}

Deno.test("ContractKit.sweep() removes what the case named", async () => {
  const driver = new MemoryDriver();
  const kit = openKit(driver);
  driver.put(kit.at("a/b/data"), textBytes("x"));
  driver.put(kit.at("a/c"), textBytes("x"));
  await kit.sweep();
  assertEquals(driver.list("contract" as StoragePath), []);
});

for (const stray of ["contract/a/data.tmp", "contract/a/tmp/data", "elsewhere/data", "tmp"]) {
  Deno.test(`ContractKit.sweep() fails when the driver leaves "${stray}"`, async () => {
    const driver = new MemoryDriver();
    const kit = openKit(driver);
    driver.put(kit.at("a/data"), textBytes("x"));
    driver.put(stray as StoragePath, textBytes("x"));
    await assertRejects(() => kit.sweep(), Error, "left something behind");
  });
}

Deno.test("ContractKit.sweep() lets a driver keep an empty directory of its own", async () => {
  const driver = new MemoryDriver();
  driver.put("staging/x" as StoragePath, textBytes("x"));
  driver.remove("staging/x" as StoragePath);
  await openKit(driver).sweep();
});

Deno.test("failureOf() accepts a StorageError only", async () => {
  const error = new StorageError("full", "Cannot write");
  assertEquals(await failureOf(() => Promise.reject(error)), error);
  await assertRejects(() => failureOf(() => Promise.reject(new Error("another"))), Error);
  await assertRejects(() => failureOf(() => 1), Error, "a StorageError must be thrown");
});

Deno.test("resultOf() takes a StorageError for null, and no other error", async () => {
  assertEquals(await resultOf(() => 1), 1);
  assertEquals(await resultOf(() => Promise.reject(new StorageError("io", "Cannot read"))), null);
  await assertRejects(() => resultOf(() => Promise.reject(new TypeError("another"))), TypeError);
});
