/**
 * The events that listeners have not had yet, on disk, so that none of them is lost.
 *
 * ```text
 * request ─ commit ─ event ─▶ append to the log, fsync ─▶ answer          any process, any thread
 *                                        │
 *            position of a listener ─────┴─▶ POST, again until it is taken ─▶ position     one process for each
 * ```
 *
 * - **One log for a store.** Every server of the store appends to it under one lock, so there is one order of events
 *   over all workers and processes: who begins after another was answered comes after it. The events that wait while a
 *   sync is under way share the next one.
 * - **A log is files of lines** ({@linkcode ./event_lines.ts}), each file named by the number of its first event. A line
 *   that a crash tore has no end or a wrong checksum; it was never answered for. Whoever appends next ends it, and
 *   readers pass over it.
 * - **A listener is a place in the log**, kept in a file of its own ({@linkcode ./event_position.ts}). It is moved after
 *   an event was taken, so that after a crash an event may come again, and none is left out. A new listener begins where
 *   the log ends.
 * - **One process delivers to a listener**: the one that holds the lock of its directory. The operating system gives the
 *   lock back when a process dies, and another one, or the next that is started, goes on from the place.
 * - **A file is removed** when all listeners have passed it. Nothing is dropped for age or size: a spool that is full
 *   makes servers turn writes down before they commit (`registry/notifications/notifier.ts`).
 *
 * The locks are those of the gate, and reach as far: processes on one machine.
 *
 * @module
 */

import { NOT_DURABLE, type StorageDriver, type StorageLock, type StorageWriter } from "./driver.ts";
import { StorageError } from "./errors.ts";
import { encodeEvents } from "./event_lines.ts";
import { type EventPlace, EventReader, eventSegments, FIRST_PLACE } from "./event_reader.ts";
import { eventSegment, eventsLock } from "./layout.ts";
import { EVENTS_SEGMENT_BYTES } from "./limits.ts";

/** The log of events of a store. */
export class EventLog {
  readonly #driver: StorageDriver;
  readonly #segmentBytes: number;
  /** Stands at the end, as far as this process has seen it. */
  readonly #tail: EventReader;
  #isPlaced = false;
  #turn: Promise<unknown> = Promise.resolve();
  #lock: StorageLock | null = null;

  /** `segmentBytes` is the size from which events go on in another file. */
  constructor(driver: StorageDriver, segmentBytes = EVENTS_SEGMENT_BYTES) {
    this.#driver = driver;
    this.#segmentBytes = segmentBytes;
    this.#tail = new EventReader(driver, FIRST_PLACE);
  }

  /** The end of the log as it was last looked at. */
  get end(): EventPlace {
    return this.#tail.place;
  }

  /** Looks for what other processes have appended, and says where the end is. */
  look(): Promise<EventPlace> {
    return this.#inTurn(() => this.#look());
  }

  /**
   * Appends events, each JSON without line breaks. They are on disk when the promise resolves. When it rejects, with a
   * `StorageError`, some of them may be.
   */
  append(events: readonly string[]): Promise<void> {
    return this.#inTurn(async () => {
      this.#lock ??= await this.#driver.lock(eventsLock);
      await this.#lock.acquire("exclusive");
      try {
        await this.#look();
        await this.#write(events);
      } finally {
        this.#lock.release();
      }
    });
  }

  /** Bytes of the events behind a place. */
  async bytesBehind({ segment, offset }: EventPlace): Promise<number> {
    let bytes = 0;
    for (const first of await eventSegments(this.#driver)) {
      if (first < segment) continue;
      const size = (await this.#driver.stat(eventSegment(first)))?.size ?? 0;
      bytes += first === segment ? Math.max(0, size - offset) : size;
    }
    return bytes;
  }

  /** Removes the files before the one of a place, which every listener has passed. */
  async trim({ segment }: EventPlace): Promise<void> {
    const segments = await eventSegments(this.#driver);
    // The last one stays, as the numbers go on from it.
    for (const first of segments.slice(0, -1)) {
      if (first < segment) await this.#driver.remove(eventSegment(first), NOT_DURABLE);
    }
  }

  /** Gives up what it takes to append. */
  close(): void {
    this.#lock?.close();
    this.#lock = null;
  }

  async #look(): Promise<EventPlace> {
    if (!this.#isPlaced) {
      const last = (await eventSegments(this.#driver)).at(-1);
      if (last !== undefined) this.#tail.moveTo({ segment: last, offset: 0, number: last });
      this.#isPlaced = true;
    }
    await this.#tail.moveToEnd();
    return this.#tail.place;
  }

  /** One at a time moves the tail. */
  #inTurn<T>(action: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(action);
    this.#turn = result.catch(() => {});
    return result;
  }

  async #write(events: readonly string[]): Promise<void> {
    const writer = await this.#openSegment();
    try {
      const { segment, number } = this.#tail.place;
      const torn = this.#tail.isTorn ? 1 : 0;
      await writer.write(encodeEvents(events, torn === 1));
      await writer.sync();
      const next = number + torn + events.length;
      this.#tail.moveTo({ segment, offset: writer.size, number: next });
    } finally {
      writer.close();
    }
  }

  /** The file that the next event goes to. A new one is on disk with its name before anything is in it. */
  async #openSegment(): Promise<StorageWriter> {
    const { segment, offset, number } = this.#tail.place;
    const isFull = offset >= this.#segmentBytes && number > segment;
    const current = isFull ? null : await this.#driver.append(eventSegment(segment));
    if (current !== null) return current;
    await this.#driver.put(eventSegment(number), new Uint8Array());
    this.#tail.moveTo({ segment: number, offset: 0, number });
    const created = await this.#driver.append(eventSegment(number));
    if (created !== null) return created;
    throw new StorageError("absent", `Cannot append to "${eventSegment(number)}": it was removed`);
  }
}
