/**
 * How far one listener is in the log, as long as this process delivers to it.
 *
 * @module
 */

import { NOT_DURABLE, type StorageDriver, type StorageWriteOptions } from "../../storage/driver.ts";
import type { EventLog } from "../../storage/event_log.ts";
import { EventPositionFile, leastPlace, soundPlace } from "../../storage/event_position.ts";
import { type EventPlace, EventReader, FIRST_PLACE } from "../../storage/event_reader.ts";
import { EVENT_POSITION_SAVE_MS } from "../../storage/limits.ts";
import type { EndpointId } from "../../storage/names.ts";

/** A reader of the log whose place outlives the process. */
export class EventCursor {
  readonly #driver: StorageDriver;
  readonly #log: EventLog;
  readonly #file: EventPositionFile;
  /** `null` while another process delivers. */
  #reader: EventReader | null = null;
  /** Everything before it was taken. */
  #place: EventPlace = FIRST_PLACE;
  #failures = 0;
  #failure: string | null = null;
  #savedAtMs = 0;
  #isSaved = true;

  constructor(driver: StorageDriver, log: EventLog, id: EndpointId) {
    this.#driver = driver;
    this.#log = log;
    this.#file = new EventPositionFile(driver, id);
  }

  /** The place before which everything was taken. */
  get place(): EventPlace {
    return this.#place;
  }

  /** The place behind what was read. */
  get readPlace(): EventPlace {
    return this.#reader?.place ?? this.#place;
  }

  /** Whether this process delivers. */
  get isHeld(): boolean {
    return this.#reader !== null;
  }

  /** Whether the place is written down. */
  get isSaved(): boolean {
    return this.#isSaved;
  }

  /** Failures in a row. */
  get failures(): number {
    return this.#failures;
  }

  /** Delivers from now on if no other process does; from `beginning` on to a listener that is new. */
  async take(beginning: EventPlace): Promise<void> {
    if (this.isHeld || !await this.#file.tryTake()) return;
    try {
      const position = await this.#file.read();
      this.#place = position === null ? beginning : await soundPlace(this.#driver, position.place);
      // What it is not told of is settled from here on.
      if (position === null) await this.#save();
      this.#reader = new EventReader(this.#driver, this.#place);
    } catch (error) {
      this.#file.release();
      throw error;
    }
  }

  /** Reads the next event: `null` when there is none, or another process delivers; `""` for a damaged one. */
  async next(): Promise<string | null> {
    const entry = await this.#reader?.next() ?? null;
    return entry === null ? null : entry.event ?? "";
  }

  /** Goes back to what was read and not taken. */
  rewind(): void {
    this.#reader?.moveTo(this.#place);
  }

  /** Everything that was read up to a place was taken. Removes what no listener needs any more. */
  async advance(place: EventPlace): Promise<void> {
    const { segment } = this.#place;
    if (place.number !== this.#place.number) this.#isSaved = false;
    this.#place = place;
    if (place.segment === segment) return await this.saveSometimes();
    await this.#save(NOT_DURABLE);
    const least = await leastPlace(this.#driver);
    if (least !== null) await this.#log.trim(least);
  }

  succeeded(): void {
    this.#failures = 0;
    this.#failure = null;
  }

  async failed(reason: string): Promise<void> {
    this.#failures++;
    this.#failure = reason;
    this.#isSaved = false;
    await this.saveSometimes();
  }

  /** Writes the place down, but not at each event: a crash makes some events come again, and no more than that. */
  async saveSometimes(): Promise<void> {
    if (this.#isSaved || Date.now() - this.#savedAtMs < EVENT_POSITION_SAVE_MS) return;
    await this.#save(NOT_DURABLE);
  }

  /** Writes the place down and lets other processes deliver. */
  async close(): Promise<void> {
    try {
      if (!this.#isSaved) await this.#save(NOT_DURABLE);
    } finally {
      this.#file.release();
    }
  }

  async #save(options?: StorageWriteOptions): Promise<void> {
    const position = { place: this.#place, failures: this.#failures, failure: this.#failure };
    await this.#file.write(position, options);
    this.#savedAtMs = Date.now();
    this.#isSaved = true;
  }
}
