import { assert, assertEquals, assertRejects } from "@std/assert";
import type { StorageDriver } from "./driver.ts";
import { StorageError } from "./errors.ts";
import { EventLog } from "./event_log.ts";
import { EventReader, eventSegments, FIRST_PLACE } from "./event_reader.ts";
import { FaultyDriver } from "./faulty_driver.ts";
import { FilesystemDriver } from "./filesystem.ts";
import { eventSegment } from "./layout.ts";
import { MemoryDriver } from "./memory.ts";
import { Recorder, withDirectory } from "./store_kit.ts";

/** Every event from the beginning; `null` stands for what is damaged. */
async function eventsOf(driver: StorageDriver): Promise<readonly (string | null)[]> {
  const reader = new EventReader(driver, FIRST_PLACE);
  const events: (string | null)[] = [];
  for (let entry = await reader.next(); entry !== null; entry = await reader.next()) {
    events.push(entry.event);
  }
  return events;
}

/** Appends bytes to the file of the events from a number on, as a crash leaves them. */
async function tear(driver: StorageDriver, first: number, text: string): Promise<void> {
  const writer = await driver.append(eventSegment(first));
  assert(writer !== null);
  await writer.write(new TextEncoder().encode(text));
  writer.close();
}

Deno.test("EventLog.append() keeps events in their order", async () => {
  const driver = new MemoryDriver();
  const log = new EventLog(driver);
  await log.append(['{"a":1}', '{"b":"é"}']);
  await log.append(['{"c":3}']);
  assertEquals(await eventsOf(driver), ['{"a":1}', '{"b":"é"}', '{"c":3}']);
  assertEquals(log.end.number, 4);
});

Deno.test("EventLog.append() syncs the file before it resolves, and the name of a new file before that", async () => {
  const recorder = new Recorder(new MemoryDriver());
  await new EventLog(recorder.driver).append(["1"]);
  const [segment] = [eventSegment(1).slice("docker/registry/v2/".length)];
  assertEquals(recorder.operations.filter((operation) => /put|append|writer/.test(operation)), [
    `append ${segment}`,
    `put ${segment}`,
    `append ${segment}`,
    `writer.write ${segment}`,
    `writer.sync ${segment}`,
  ]);
});

Deno.test("EventLog.append() goes on in another file when one is full, named by its first event", async () => {
  const driver = new MemoryDriver();
  const log = new EventLog(driver, 20);
  for (const event of ["10", "11", "12", "13", "14"]) await log.append([event]);
  assertEquals(await eventSegments(driver), [1, 3, 5]);
  assertEquals(await eventsOf(driver), ["10", "11", "12", "13", "14"]);
  const lineBytes = "12345678 10\n".length;
  assertEquals(await log.bytesBehind(FIRST_PLACE), 5 * lineBytes);
  const place = { segment: 3, offset: lineBytes, number: 4 };
  assertEquals(await log.bytesBehind(place), 2 * lineBytes);
  assertEquals(await log.bytesBehind(log.end), 0);
});

Deno.test("EventLog.append() takes turns with another process", async () => {
  await withDirectory(async (driver, root) => {
    const logs = [new EventLog(driver, 100), new EventLog(new FilesystemDriver(root), 100)];
    const appended = logs.flatMap((log, index) =>
      Array.from({ length: 20 }, (_, number) => log.append([`"${index} ${number}"`]))
    );
    await Promise.all(appended);
    const events = await eventsOf(driver);
    for (const index of [0, 1]) {
      const expected = Array.from({ length: 20 }, (_, number) => `"${index} ${number}"`);
      assertEquals(events.filter((event) => event?.startsWith(`"${index}`)), expected);
    }
    for (const log of logs) log.close();
  });
});

Deno.test("EventLog.append() ends a line that a crash tore, and readers pass over it", async () => {
  const driver = new MemoryDriver();
  const log = new EventLog(driver);
  await log.append(["1"]);
  await tear(driver, 1, '12345678 {"to');
  await log.append(["2"]);
  await new EventLog(driver).append(["3"]);
  assertEquals(await eventsOf(driver), ["1", null, "2", "3"]);
  assertEquals(log.end.number, 4);
});

Deno.test("EventLog.append() rejects when the disk is full, and works again when it is not", async () => {
  const below = new MemoryDriver();
  let isFull = false;
  const driver = new FaultyDriver(
    below,
    (operation) => operation === "writer.sync" && isFull ? new StorageError("full", "full") : null,
  );
  const log = new EventLog(driver);
  await log.append(["1"]);
  isFull = true;
  await assertRejects(() => log.append(["2"]), StorageError, "full");
  isFull = false;
  await log.append(["3"]);
  // The second is there too: nobody was promised that it is not.
  assertEquals(await eventsOf(below), ["1", "2", "3"]);
});

Deno.test("EventLog.append() numbers on when somebody removed all files", async () => {
  const driver = new MemoryDriver();
  const log = new EventLog(driver);
  await log.append(["1", "2"]);
  await driver.remove(eventSegment(1));
  await log.append(["3"]);
  assertEquals(await eventSegments(driver), [3]);
  assertEquals(await eventsOf(driver), ["3"]);
});

Deno.test("EventLog.look() finds what another process has appended", async () => {
  const driver = new MemoryDriver();
  const [one, other] = [new EventLog(driver, 10), new EventLog(driver, 10)];
  assertEquals(await one.look(), FIRST_PLACE);
  for (const event of ["1", "2", "3"]) await other.append([event]);
  assertEquals((await one.look()).number, 4);
  assertEquals(await one.look(), other.end);
});

Deno.test("EventLog.trim() removes what every listener has passed, and never the last file", async () => {
  const driver = new MemoryDriver();
  const log = new EventLog(driver, 10);
  for (const event of ["1", "2", "3"]) await log.append([event]);
  await log.trim({ segment: 2, offset: 0, number: 2 });
  assertEquals(await eventSegments(driver), [2, 3]);
  await log.trim({ segment: 9, offset: 0, number: 9 });
  assertEquals(await eventSegments(driver), [3]);
  assertEquals(await eventsOf(driver), ["3"]);
});

Deno.test("EventReader.next() waits for the end of a line that is being written", async () => {
  const driver = new MemoryDriver();
  const log = new EventLog(driver);
  await log.append(["1"]);
  const whole = new TextDecoder().decode(await driver.get(eventSegment(1), 100) ?? undefined);
  const reader = new EventReader(driver, log.end);
  await tear(driver, 1, whole.slice(0, 5));
  assertEquals(await reader.next(), null);
  assertEquals(reader.isTorn, true);
  await tear(driver, 1, whole.slice(5));
  assertEquals((await reader.next())?.event, "1");
  assertEquals(reader.isTorn, false);
});

Deno.test("EventReader.next() reads events that are longer than one read", async () => {
  const driver = new MemoryDriver();
  const events = ["1", "2"].map((digit) => JSON.stringify(digit.repeat(700_000)));
  await new EventLog(driver).append(events);
  assertEquals(await eventsOf(driver), events);
});

Deno.test("EventReader.next() goes on at the next file that is there", async () => {
  const driver = new MemoryDriver();
  const log = new EventLog(driver, 10);
  for (const event of ["1", "2", "3"]) await log.append([event]);
  await driver.remove(eventSegment(2));
  const reader = new EventReader(driver, { segment: 2, offset: 0, number: 2 });
  assertEquals(await reader.next(), { event: "3", end: { segment: 3, offset: 11, number: 4 } });
});
