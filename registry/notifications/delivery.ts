/**
 * Tells one listener of events, one request after the other, each until it is taken.
 *
 * @module
 */

import { NOT_DURABLE, type StorageDriver, type StorageWriteOptions } from "../../storage/driver.ts";
import { StorageError } from "../../storage/errors.ts";
import type { EventLog } from "../../storage/event_log.ts";
import { EventPositionFile, leastPlace, soundPlace } from "../../storage/event_position.ts";
import { type EventPlace, EventReader, FIRST_PLACE } from "../../storage/event_reader.ts";
import {
  EVENT_POSITION_SAVE_MS,
  EVENTS_LOOK_MS,
  EVENTS_PASSED_OVER_MAX,
  EVENTS_STOP_MS,
  PULL_EVENTS_REST_MS,
} from "../../storage/limits.ts";
import { parseJson } from "../../storage/manifest.ts";
import type { EndpointId } from "../../storage/names.ts";
import type { Event } from "../events.ts";
import { EndpointCounters, type EndpointCounts } from "./counters.ts";
import { type Endpoint, isEventWantedBy } from "./endpoint.ts";
import { pauseMs } from "./pauses.ts";
import { EventPoster } from "./event_poster.ts";
import type { PullQueue } from "./pull_queue.ts";

/** What a delivery works on. */
export interface DeliveryServices {
  readonly driver: StorageDriver;
  readonly log: EventLog;
  readonly pulls: PullQueue;
  /** Tells the operator. */
  readonly say: (message: string) => void;
}

/** Events for one request, and where the listener is once it has taken them. */
interface Batch {
  readonly events: readonly Event[];
  /** Whether nothing but pulls is told, and nothing else waits. */
  readonly isOfPulls: boolean;
  readonly place: EventPlace;
  readonly pullPlace: number;
}

/** The delivery to one listener. */
export class Delivery {
  readonly #endpoint: Endpoint;
  readonly #poster: EventPoster;
  readonly #services: DeliveryServices;
  readonly #file: EventPositionFile;
  readonly #counters = new EndpointCounters();
  readonly #stop = new AbortController();
  readonly #abort = new AbortController();
  /** Reads the log; `null` while another process delivers what is in it. */
  #reader: EventReader | null = null;
  /** Where a listener begins that has no position yet. */
  #beginning: EventPlace = FIRST_PLACE;
  /** Everything before it was taken. */
  #place: EventPlace = FIRST_PLACE;
  #pullPlace = 0;
  #failures = 0;
  #failure: string | null = null;
  #savedAtMs = 0;
  #isSaved = true;
  /** What was said last of the store. */
  #problem = "";
  #wake: () => void = () => {};
  #running: Promise<void> = Promise.resolve();

  constructor(endpoint: Endpoint, id: EndpointId, services: DeliveryServices) {
    this.#endpoint = endpoint;
    this.#poster = new EventPoster(endpoint);
    this.#services = services;
    this.#file = new EventPositionFile(services.driver, id);
  }

  /** Begins. A listener without a position is told of what is appended from now on. */
  async start(beginning: EventPlace): Promise<void> {
    this.#beginning = beginning;
    this.#pullPlace = this.#services.pulls.end;
    await this.#take();
    this.#running = this.#run();
  }

  /** Something may have come. */
  wake(): void {
    this.#wake();
  }

  /** The place in the queue of pulls up to which this listener needs nothing any more. */
  get pullPlace(): number {
    return this.#pullPlace;
  }

  counts(end: EventPlace): EndpointCounts {
    const { pulls } = this.#services;
    const { events, statuses, dropped } = this.#counters;
    const isHere = this.#reader !== null;
    const kept = isHere ? Math.max(0, end.number - this.#place.number) : 0;
    const pending = kept + pulls.end - pulls.reach(this.#pullPlace);
    return { endpoint: this.#endpoint.name, isHere, pending, events, statuses, dropped };
  }

  /** Ends, once the request under way is answered, or after a short while. What was not taken is for the next start. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#wake();
    const timer = setTimeout(() => this.#abort.abort(), EVENTS_STOP_MS);
    await this.#running;
    clearTimeout(timer);
    this.#file.release();
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        if (this.#reader === null) await this.#take();
        if (!await this.#step()) {
          await this.#rest(this.#isSaved ? EVENTS_LOOK_MS : EVENT_POSITION_SAVE_MS);
        }
      } catch (error) {
        this.#complain(error);
        // The place is that of the last event that was taken.
        this.#reader?.moveTo(this.#place);
        await this.#rest(EVENTS_LOOK_MS);
      }
    }
    await this.#saveFinally();
  }

  /** Delivers to this listener if no other process does. */
  async #take(): Promise<void> {
    try {
      if (!await this.#file.tryTake()) return;
      const position = await this.#file.read();
      this.#place = position === null
        ? this.#beginning
        : await soundPlace(this.#services.driver, position.place);
      if (position === null) await this.#save();
      this.#reader = new EventReader(this.#services.driver, this.#place);
    } catch (error) {
      this.#file.release();
      // A store that only can be read has no events, and whoever runs it knows.
      if (!(error instanceof StorageError && error.kind === "read-only")) this.#complain(error);
    }
  }

  /** Delivers what fits into one request; false when there was nothing. */
  async #step(): Promise<boolean> {
    const batch = await this.#gather();
    const { segment } = this.#place;
    if (batch.pullPlace === this.#pullPlace && batch.place === this.#place) {
      if (!this.#isSaved) await this.#saveSometimes();
      return false;
    }
    if (batch.events.length > 0 && !await this.#deliver(batch.events)) return true;
    this.#isSaved = this.#isSaved && batch.place === this.#place;
    this.#place = batch.place;
    this.#pullPlace = batch.pullPlace;
    if (this.#place.segment !== segment) await this.#trim();
    else await this.#saveSometimes();
    // Clients wait for the cores that telling of each of their pulls would take.
    if (batch.isOfPulls) await this.#rest(PULL_EVENTS_REST_MS, true);
    return true;
  }

  /** Takes events in their order: pulls go between those of the log that they came between. */
  async #gather(): Promise<Batch> {
    const { pulls } = this.#services;
    const reader = this.#reader;
    const events: Event[] = [];
    let pullPlace = pulls.reach(this.#pullPlace);
    this.#counters.dropped += pullPlace - this.#pullPlace;
    for (
      let seen = 0;
      seen < EVENTS_PASSED_OVER_MAX && events.length < this.#endpoint.batch;
      seen++
    ) {
      const pull = pulls.at(pullPlace);
      if (pull !== null && (reader === null || reader.place.number >= pull.before)) {
        pullPlace++;
        this.#add(events, pull.event);
        continue;
      }
      const entry = await reader?.next() ?? null;
      if (entry === null) break;
      if (entry.event !== null) this.#add(events, entry.event);
    }
    const place = reader?.place ?? this.#place;
    const isOfPulls = place === this.#place && place.number >= this.#services.log.end.number;
    return { events, isOfPulls, place, pullPlace };
  }

  #add(events: Event[], text: string): void {
    const event = parseJson(text) as Event;
    if (!isEventWantedBy(this.#endpoint, event)) return;
    this.#counters.events.Events++;
    events.push(event);
  }

  /** Posts until the events are taken; false when it was told to stop before. */
  async #deliver(events: readonly Event[]): Promise<boolean> {
    while (!this.#stop.signal.aborted) {
      const outcome = await this.#poster.post(events, this.#abort.signal);
      if (outcome.kind === "taken") {
        this.#counters.answered("Successes", outcome.status, events.length);
        this.#succeeded();
        return true;
      }
      if (outcome.kind === "refused") {
        this.#counters.answered("Failures", outcome.status, events.length);
      } else this.#counters.events.Errors += events.length;
      await this.#failed(outcome.reason);
    }
    return false;
  }

  #succeeded(): void {
    const { name, threshold } = this.#endpoint;
    if (this.#failures >= threshold) this.#services.say(`${name}: takes events again`);
    this.#failures = 0;
    this.#failure = null;
  }

  async #failed(reason: string): Promise<void> {
    this.#failures++;
    this.#failure = reason;
    const { name, threshold } = this.#endpoint;
    if (this.#failures === threshold) {
      this.#services.say(`${name}: does not take events, which are kept for it: ${reason}`);
    }
    await this.#saveSometimes();
    const pause = pauseMs(this.#endpoint, this.#failures, Math.random());
    if (pause > 0) await this.#rest(pause, true);
  }

  /** Waits; unless the rest is a fixed one, until something comes. */
  #rest(durationMs: number, isFixed = false): Promise<void> {
    if (this.#stop.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#wake = (): void => {};
        resolve();
      };
      const timer = setTimeout(end, durationMs);
      this.#wake = (): void => {
        if (!isFixed || this.#stop.signal.aborted) end();
      };
    });
  }

  /** Removes the files of the log that nobody needs any more. */
  async #trim(): Promise<void> {
    await this.#save(NOT_DURABLE);
    const least = await leastPlace(this.#services.driver);
    if (least !== null) await this.#services.log.trim(least);
  }

  /** Not after each event: a crash makes some events come again, and no more than that. */
  async #saveSometimes(): Promise<void> {
    if (Date.now() - this.#savedAtMs >= EVENT_POSITION_SAVE_MS) await this.#save(NOT_DURABLE);
  }

  async #save(options?: StorageWriteOptions): Promise<void> {
    if (this.#reader === null && options !== undefined) return;
    const position = { place: this.#place, failures: this.#failures, failure: this.#failure };
    await this.#file.write(position, options);
    this.#savedAtMs = Date.now();
    this.#isSaved = true;
  }

  async #saveFinally(): Promise<void> {
    try {
      await this.#save(NOT_DURABLE);
    } catch (error) {
      this.#complain(error);
    }
  }

  /** Says once what does not work, as it is tried again and again. */
  #complain(error: unknown): void {
    const problem = error instanceof Error ? error.message : String(error);
    if (problem !== this.#problem) this.#services.say(`${this.#endpoint.name}: ${problem}`);
    this.#problem = problem;
  }
}
