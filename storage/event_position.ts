/**
 * How far a listener has been told, and who tells it.
 *
 * @module
 */

import { isJsonObject, isSize } from "./descriptor.ts";
import type { StorageDriver, StorageLock, StorageWriteOptions } from "./driver.ts";
import { type EventPlace, FIRST_PLACE } from "./event_reader.ts";
import {
  eventEndpointDirectory,
  eventEndpointLock,
  eventEndpointPosition,
  eventEndpointsDirectory,
  eventSegment,
} from "./layout.ts";
import { EVENT_POSITION_BYTES_MAX } from "./limits.ts";
import { parseJson } from "./manifest.ts";
import { type EndpointId, endpointIdOf, endpointNameOf } from "./names.ts";

const NEWLINE = 0x0a;

/** The state of a listener as it was last written down. */
export interface EventPosition {
  readonly place: EventPlace;
  /** Failures since it last took an event. */
  readonly failures: number;
  /** Why the last attempt failed; `null` when it did not. */
  readonly failure: string | null;
}

/** The position of one listener. Only who holds it writes it. */
export class EventPositionFile {
  readonly #driver: StorageDriver;
  readonly #id: EndpointId;
  #lock: StorageLock | null = null;

  constructor(driver: StorageDriver, id: EndpointId) {
    this.#driver = driver;
    this.#id = id;
  }

  /** Holds it against other processes and other objects, if nobody does. */
  async tryTake(): Promise<boolean> {
    const lock = await this.#driver.lock(eventEndpointLock(this.#id));
    if (await lock.tryAcquire("exclusive")) {
      this.#lock = lock;
      return true;
    }
    lock.close();
    return false;
  }

  /** Lets others have it. */
  release(): void {
    this.#lock?.close();
    this.#lock = null;
  }

  /** What is written down; `null` when nothing is, and the beginning of the log when that cannot be read. */
  async read(): Promise<EventPosition | null> {
    const path = eventEndpointPosition(this.#id);
    const bytes = await this.#driver.get(path, EVENT_POSITION_BYTES_MAX);
    if (bytes === null) return null;
    return parsePosition(new TextDecoder().decode(bytes)) ??
      { place: FIRST_PLACE, failures: 0, failure: null };
  }

  async write(position: EventPosition, options?: StorageWriteOptions): Promise<void> {
    const bytes = new TextEncoder().encode(`${JSON.stringify(position)}\n`);
    await this.#driver.put(eventEndpointPosition(this.#id), bytes, options);
  }

  /** Forgets the listener. */
  async remove(): Promise<void> {
    await this.#driver.removeAll(eventEndpointDirectory(this.#id));
  }
}

function parsePosition(text: string): EventPosition | null {
  const value = parseJson(text);
  if (!isJsonObject(value) || !isJsonObject(value.place)) return null;
  const { segment, offset, number } = value.place;
  if (!isSize(segment) || !isSize(offset) || !isSize(number)) return null;
  return {
    place: { segment, offset, number },
    failures: isSize(value.failures) ? value.failures : 0,
    failure: typeof value.failure === "string" ? value.failure : null,
  };
}

/** The names of all listeners that have a position in the store. */
export async function positionedEndpoints(driver: StorageDriver): Promise<readonly string[]> {
  const ids = await driver.list(eventEndpointsDirectory);
  return ids.map(endpointNameOf).filter((name) => name !== null);
}

/** The place of whichever listener is least far; `null` without listeners. */
export async function leastPlace(driver: StorageDriver): Promise<EventPlace | null> {
  let least: EventPlace | null = null;
  for (const name of await positionedEndpoints(driver)) {
    const id = endpointIdOf(name);
    // A listener whose position is not written yet needs everything that there is.
    const position = id === null ? null : await new EventPositionFile(driver, id).read();
    const { place } = position ?? { place: FIRST_PLACE };
    if (least === null || place.number < least.number) least = place;
  }
  return least;
}

/**
 * A place from which can be read on: the place itself, or the beginning of its file when it is not between two lines
 * of that, as after a power cut that the position outlived and the events did not.
 */
export async function soundPlace(driver: StorageDriver, place: EventPlace): Promise<EventPlace> {
  const { segment, offset } = place;
  if (offset === 0) return place;
  const path = eventSegment(segment);
  const size = (await driver.stat(path))?.size ?? null;
  // Its file was removed, as every listener had passed it; what follows is found from here too.
  if (size === null) return place;
  const before = offset > size ? null : await driver.read(path, { start: offset - 1, end: offset });
  for await (const piece of before ?? []) {
    if (piece[0] === NEWLINE) return place;
  }
  return { segment, offset: 0, number: segment };
}
