/**
 * Tells one listener of events, one request after the other, each until it is taken.
 *
 * @module
 */

import type { StorageDriver } from "../../storage/driver.ts";
import { StorageError } from "../../storage/errors.ts";
import type { EventLog } from "../../storage/event_log.ts";
import { type EventPlace, FIRST_PLACE } from "../../storage/event_reader.ts";
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
import { type Endpoint, isEventWantedBy, wantsPulls } from "./endpoint.ts";
import { EventCursor } from "./event_cursor.ts";
import { EventPoster } from "./event_poster.ts";
import { Nap } from "./nap.ts";
import { pauseMs } from "./pauses.ts";
import { PullCursor } from "./pull_cursor.ts";
import type { PullIntake } from "./pull_intake.ts";

/** What a delivery works on. */
export interface DeliveryServices {
  readonly driver: StorageDriver;
  readonly log: EventLog;
  readonly pulls: PullIntake;
  /** Told when the listener has had pulls, or waits for some. */
  readonly onRoom: () => void;
  /** Tells the operator. */
  readonly say: (message: string) => void;
}

/** Events for one request, and where the listener is once it has taken them. */
interface Batch {
  readonly events: readonly Event[];
  readonly place: EventPlace;
}

/** The delivery to one listener. */
export class Delivery {
  readonly #endpoint: Endpoint;
  readonly #services: DeliveryServices;
  readonly #cursor: EventCursor;
  readonly #poster: EventPoster;
  /** `null` when the listener wants none. */
  readonly #pulls: PullCursor | null;
  readonly #counters = new EndpointCounters();
  readonly #nap = new Nap();
  readonly #abort = new AbortController();
  #isStopped = false;
  /** Where a listener begins that has no position yet. */
  #beginning: EventPlace = FIRST_PLACE;
  /** When it was last tried to deliver in place of another process. */
  #triedAtMs = 0;
  /** What was said last of the store. */
  #problem = "";
  #running: Promise<void> = Promise.resolve();

  constructor(endpoint: Endpoint, id: EndpointId, services: DeliveryServices) {
    this.#endpoint = endpoint;
    this.#services = services;
    this.#cursor = new EventCursor(services.driver, services.log, id);
    this.#pulls = wantsPulls(endpoint) ? new PullCursor(services.pulls) : null;
    this.#poster = new EventPoster(endpoint);
  }

  /** Begins. A listener without a position is told of what is appended from now on. */
  async start(beginning: EventPlace): Promise<void> {
    this.#beginning = beginning;
    await this.#take();
    this.#running = this.#run();
  }

  /** Something may have come. */
  wake(): void {
    this.#nap.wake();
  }

  /** The place in the queue of pulls before which this listener needs nothing any more; `null` when it wants none. */
  get pullPlace(): number | null {
    return this.#pulls?.place ?? null;
  }

  counts(end: EventPlace): EndpointCounts {
    const { events, statuses } = this.#counters;
    const { isHeld: isHere, place } = this.#cursor;
    const kept = isHere ? Math.max(0, end.number - place.number) : 0;
    return {
      endpoint: this.#endpoint.name,
      isHere,
      pending: kept + (this.#pulls?.waiting ?? 0),
      events,
      statuses,
      dropped: this.#pulls?.dropped ?? 0,
    };
  }

  /** Ends, once the request under way is answered, or after a short while. What was not taken is for the next start. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#nap.finish();
    const timer = setTimeout(() => this.#abort.abort(), EVENTS_STOP_MS);
    await this.#running;
    clearTimeout(timer);
    await this.#attempt(() => this.#cursor.close());
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      await this.#attempt(async () => {
        await this.#take();
        if (await this.#step()) return;
        await this.#nap.light(this.#cursor.isSaved ? EVENTS_LOOK_MS : EVENT_POSITION_SAVE_MS);
      });
    }
  }

  /** Looks now and then whether the process that delivers has ended. Pulls are told of meanwhile. */
  async #take(): Promise<void> {
    if (this.#cursor.isHeld || Date.now() - this.#triedAtMs < EVENTS_LOOK_MS) return;
    this.#triedAtMs = Date.now();
    try {
      await this.#cursor.take(this.#beginning);
    } catch (error) {
      this.#complain(error);
    }
  }

  /** Does something with the store. Should it fail, it is tried again later, from the last event that was taken. */
  async #attempt(action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      this.#cursor.rewind();
      this.#complain(error);
      await this.#nap.sound(EVENTS_LOOK_MS);
    }
  }

  /** Delivers what fits into one request; false when there was nothing. */
  async #step(): Promise<boolean> {
    const cursor = this.#cursor;
    this.#services.onRoom();
    const batch = await this.#gather();
    const isOfPulls = batch.place.number === cursor.place.number;
    if (isOfPulls && this.#pulls?.hasRead !== true) {
      await cursor.saveSometimes();
      return false;
    }
    if (batch.events.length > 0 && !await this.#deliver(batch.events)) return true;
    this.#pulls?.advance();
    await cursor.advance(batch.place);
    // Clients wait for the cores that telling of each of their pulls would take; what was pushed does not wait.
    if (isOfPulls && batch.place.number >= this.#services.log.end.number) {
      await this.#nap.sound(PULL_EVENTS_REST_MS);
    }
    return true;
  }

  /** Takes events in their order: pulls go between those of the log that they came between. */
  async #gather(): Promise<Batch> {
    const cursor = this.#cursor;
    const events: Event[] = [];
    this.#pulls?.rewind();
    for (let seen = 0; seen < EVENTS_PASSED_OVER_MAX; seen++) {
      if (events.length === this.#endpoint.batch) break;
      const text = this.#pulls?.next(this.#nextNumber) ?? await this.#nextOfLog();
      if (text === null) break;
      this.#add(events, text);
    }
    return { events, place: cursor.readPlace };
  }

  /** The number of the event of the log that is next here; none ever is while another process delivers them. */
  get #nextNumber(): number {
    return this.#cursor.isHeld ? this.#cursor.readPlace.number : Infinity;
  }

  /** Reads the next event of the log, unless pulls that are still on their way came before it. */
  async #nextOfLog(): Promise<string | null> {
    return this.#pulls?.mustWait(this.#nextNumber) === true ? null : await this.#cursor.next();
  }

  #add(events: Event[], text: string): void {
    const event = parseJson(text) as Event | undefined;
    if (event === undefined || !isEventWantedBy(this.#endpoint, event)) return;
    this.#counters.events.Events++;
    events.push(event);
  }

  /** Posts until the events are taken; false when it was told to stop before. */
  async #deliver(events: readonly Event[]): Promise<boolean> {
    const { name, threshold } = this.#endpoint;
    while (!this.#isStopped) {
      const outcome = await this.#poster.post(events, this.#abort.signal);
      this.#counters.add(outcome, events.length);
      if (outcome.kind === "taken") {
        if (this.#cursor.failures >= threshold) this.#services.say(`${name}: takes events again`);
        this.#cursor.succeeded();
        return true;
      }
      await this.#failed(outcome.reason);
    }
    return false;
  }

  async #failed(reason: string): Promise<void> {
    const { name, threshold } = this.#endpoint;
    await this.#cursor.failed(reason);
    const { failures } = this.#cursor;
    if (failures === threshold) {
      this.#services.say(`${name}: does not take events, which are kept for it: ${reason}`);
    }
    const pause = pauseMs(this.#endpoint, failures, Math.random());
    if (pause > 0) await this.#nap.sound(pause);
  }

  /** Says once what does not work, as it is tried again and again. */
  #complain(error: unknown): void {
    // A store that only can be read has no events, and whoever runs it knows.
    if (error instanceof StorageError && error.kind === "read-only") return;
    const problem = error instanceof Error ? error.message : String(error);
    if (problem !== this.#problem) this.#services.say(`${this.#endpoint.name}: ${problem}`);
    this.#problem = problem;
  }
}
