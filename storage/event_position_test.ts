import { assert, assertEquals } from "@std/assert";
import { EventLog } from "./event_log.ts";
import {
  EventPositionFile,
  leastPlace,
  positionedEndpoints,
  soundPlace,
} from "./event_position.ts";
import { FIRST_PLACE } from "./event_reader.ts";
import { FilesystemDriver } from "./filesystem.ts";
import { eventEndpointPosition } from "./layout.ts";
import { MemoryDriver } from "./memory.ts";
import { type EndpointId, endpointIdOf } from "./names.ts";
import { withDirectory } from "./store_kit.ts";

const PLACE = { segment: 5, offset: 70, number: 9 };

function idOf(name: string): EndpointId {
  const id = endpointIdOf(name);
  assert(id !== null);
  return id;
}

Deno.test("EventPositionFile reads what it wrote, and null before", async () => {
  const file = new EventPositionFile(new MemoryDriver(), idOf("a"));
  assertEquals(await file.read(), null);
  const position = { place: PLACE, failures: 3, failure: "it answered 500" };
  await file.write(position);
  assertEquals(await file.read(), position);
});

for (const content of ["", "{}", "[]", '{"place":{"segment":"5"}}', '{"place":{"segment":-5}}']) {
  Deno.test(`EventPositionFile.read() takes ${JSON.stringify(content)} for the beginning of the log`, async () => {
    const driver = new MemoryDriver();
    await driver.put(eventEndpointPosition(idOf("a")), new TextEncoder().encode(content));
    const position = await new EventPositionFile(driver, idOf("a")).read();
    assertEquals(position, { place: FIRST_PLACE, failures: 0, failure: null });
  });
}

Deno.test("EventPositionFile.tryTake() is for one at a time, in one process or two", async () => {
  await withDirectory(async (driver, root) => {
    const file = new EventPositionFile(driver, idOf("a"));
    const other = new EventPositionFile(new FilesystemDriver(root), idOf("a"));
    assertEquals([await file.tryTake(), await other.tryTake()], [true, false]);
    file.release();
    assertEquals(await other.tryTake(), true);
    other.release();
  });
});

Deno.test("positionedEndpoints() lists names, whatever characters they have", async () => {
  const driver = new MemoryDriver();
  const names = ["a", "é/../b", "My listener: 1"];
  for (const name of names) {
    await new EventPositionFile(driver, idOf(name)).write({
      place: PLACE,
      failures: 0,
      failure: null,
    });
  }
  assertEquals((await positionedEndpoints(driver)).toSorted(), names.toSorted());
  await new EventPositionFile(driver, idOf("a")).remove();
  assertEquals((await positionedEndpoints(driver)).includes("a"), false);
});

Deno.test("leastPlace() is that of the listener that is least far", async () => {
  const driver = new MemoryDriver();
  assertEquals(await leastPlace(driver), null);
  for (const [name, number] of [["a", 17], ["b", 8], ["c", 9]] as const) {
    const place = { ...PLACE, number };
    await new EventPositionFile(driver, idOf(name)).write({ place, failures: 0, failure: null });
  }
  assertEquals((await leastPlace(driver))?.number, 8);
});

Deno.test("soundPlace() is the place when it is between two lines", async () => {
  const driver = new MemoryDriver();
  const log = new EventLog(driver);
  await log.append(["1", "2"]);
  for (const offset of [0, 11, 22]) {
    const place = { segment: 1, offset, number: 1 + offset / 11 };
    assertEquals(await soundPlace(driver, place), place);
  }
  const removed = { segment: 8, offset: 20, number: 9 };
  assertEquals(await soundPlace(driver, removed), removed);
});

Deno.test("soundPlace() goes back to the beginning of the file when it is not", async () => {
  const driver = new MemoryDriver();
  await new EventLog(driver).append(["1", "2"]);
  for (const offset of [5, 23, 1_000]) {
    assertEquals(await soundPlace(driver, { segment: 1, offset, number: 2 }), FIRST_PLACE);
  }
});
