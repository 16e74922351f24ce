import { assertEquals, assertRejects } from "@std/assert";
import { StorageError } from "../../storage/errors.ts";
import { EventLog } from "../../storage/event_log.ts";
import { EventReader, FIRST_PLACE } from "../../storage/event_reader.ts";
import { FaultyDriver, type FaultyOperation } from "../../storage/faulty_driver.ts";
import { MemoryDriver } from "../../storage/memory.ts";
import { EventSpool } from "./spool.ts";

Deno.test("EventSpool.keep() keeps the order of the calls, and syncs once for all that wait", async () => {
  const operations: FaultyOperation[] = [];
  const driver = new FaultyDriver(new MemoryDriver(), (operation) => {
    operations.push(operation);
    return null;
  });
  let appended = 0;
  const spool = new EventSpool(new EventLog(driver), () => appended++);
  const numbers = Array.from({ length: 100 }, (_, number) => String(number));
  await Promise.all(numbers.map((number) => spool.keep([number])));
  const reader = new EventReader(driver, FIRST_PLACE);
  const events: (string | null)[] = [];
  for (let entry = await reader.next(); entry !== null; entry = await reader.next()) {
    events.push(entry.event);
  }
  assertEquals(events, numbers);
  // The first one goes alone, as nobody knows then that others follow.
  assertEquals(operations.filter((operation) => operation === "writer.sync").length, 2);
  assertEquals(appended, 2);
});

Deno.test("EventSpool.keep() rejects for everybody whose events failed, and goes on", async () => {
  let isFull = true;
  const driver = new FaultyDriver(
    new MemoryDriver(),
    (operation) => operation === "writer.write" && isFull ? new StorageError("full", "full") : null,
  );
  const spool = new EventSpool(new EventLog(driver), () => {});
  await Promise.all(
    ["1", "2"].map((event) => assertRejects(() => spool.keep([event]), StorageError)),
  );
  isFull = false;
  await spool.keep(["3"]);
});
