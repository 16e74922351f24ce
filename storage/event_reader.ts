/**
 * Reads events in the order in which they were appended, while others append.
 *
 * @module
 */

import { concatenate } from "./concatenate.ts";
import type { StorageDriver } from "./driver.ts";
import { decodeEvent, lineEnd } from "./event_lines.ts";
import { eventLogDirectory, eventSegment, eventSegmentFromName } from "./layout.ts";
import { EVENTS_READ_BYTES } from "./limits.ts";

/** A place between two events of the log. */
export interface EventPlace {
  /** The file, by the number of its first event. */
  readonly segment: number;
  /** Bytes of the file before the place. */
  readonly offset: number;
  /** The number of the event behind the place. */
  readonly number: number;
}

/** Where a log begins. */
export const FIRST_PLACE: EventPlace = { segment: 1, offset: 0, number: 1 };

/** One line of the log. */
export interface EventEntry {
  /** JSON; `null` for a line that is damaged. */
  readonly event: string | null;
  /** The place behind it. */
  readonly end: EventPlace;
}

/** The numbers of the files of the log, in ascending order. */
export async function eventSegments(driver: StorageDriver): Promise<readonly number[]> {
  const names = await driver.list(eventLogDirectory);
  return names.map(eventSegmentFromName).filter((first) => first !== null);
}

/** Reads on from a place. What comes is numbered by counting, so no line needs to carry its number. */
export class EventReader {
  readonly #driver: StorageDriver;
  #place: EventPlace;
  /** What was read behind the place and not yet taken. */
  #bytes: Uint8Array = new Uint8Array();

  constructor(driver: StorageDriver, place: EventPlace) {
    this.#driver = driver;
    this.#place = place;
  }

  /** The place behind what was taken. */
  get place(): EventPlace {
    return this.#place;
  }

  /** Whether the bytes behind the place are a line without its end: it is being written, or never will be. */
  get isTorn(): boolean {
    return this.#bytes.length > 0;
  }

  /** Takes the next line; `null` when there is none yet. */
  async next(): Promise<EventEntry | null> {
    for (;;) {
      const entry = this.#take();
      if (entry !== null) return entry;
      if (await this.#fill()) continue;
      const later = await this.#laterSegment();
      if (later === null) return null;
      // What was appended between the two looks; the file is complete now that another follows it.
      if (await this.#fill()) continue;
      this.moveTo({ segment: later, offset: 0, number: later });
    }
  }

  /** Passes over everything that there is. */
  async moveToEnd(): Promise<void> {
    while (await this.next() !== null);
  }

  /** Goes on from another place. */
  moveTo(place: EventPlace): void {
    this.#place = place;
    this.#bytes = new Uint8Array();
  }

  #take(): EventEntry | null {
    const length = lineEnd(this.#bytes);
    if (length === 0) return null;
    const { segment, offset, number } = this.#place;
    const event = decodeEvent(this.#bytes.subarray(0, length - 1));
    this.#bytes = this.#bytes.subarray(length);
    this.#place = { segment, offset: offset + length, number: number + 1 };
    return { event, end: this.#place };
  }

  /** Reads on in the file; false when it has no more. */
  async #fill(): Promise<boolean> {
    const path = eventSegment(this.#place.segment);
    const start = this.#place.offset + this.#bytes.length;
    const size = (await this.#driver.stat(path))?.size ?? 0;
    if (size <= start) return false;
    const end = Math.min(size, start + EVENTS_READ_BYTES);
    const stream = await this.#driver.read(path, { start, end });
    if (stream === null) return false;
    this.#bytes = concatenate([this.#bytes, ...await Array.fromAsync(stream)]);
    return true;
  }

  async #laterSegment(): Promise<number | null> {
    const segments = await eventSegments(this.#driver);
    return segments.find((first) => first > this.#place.segment) ?? null;
  }
}
