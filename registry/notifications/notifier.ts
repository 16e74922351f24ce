/**
 * Notifications of one process: takes events in, and delivers them to all listeners.
 *
 * @module
 */

import type { StorageDriver } from "../../storage/driver.ts";
import { EventLog } from "../../storage/event_log.ts";
import {
  EventPositionFile,
  leastPlace,
  positionedEndpoints,
} from "../../storage/event_position.ts";
import { FIRST_PLACE } from "../../storage/event_reader.ts";
import { EVENTS_ROOM_LOOK_MS } from "../../storage/limits.ts";
import { endpointIdOf } from "../../storage/names.ts";
import type { EndpointCounts } from "./counters.ts";
import { Delivery } from "./delivery.ts";
import type { Endpoint } from "./endpoint.ts";
import { PullIntake, type PullSource } from "./pull_intake.ts";
import type { PullEntry } from "./pull_queue.ts";
import { EventSpool } from "./spool.ts";
import type { SpoolState } from "./spool_state.ts";

/** What notifications work on. */
export interface NotifierOptions {
  readonly driver: StorageDriver;
  readonly endpoints: readonly Endpoint[];
  /** Whether nothing is written: then only pulls are told of. */
  readonly isReadOnly: boolean;
  /** Bytes of waiting events from which writes are turned down. */
  readonly spoolBytesMax: number;
  /** Tells the operator. */
  readonly say: (message: string) => void;
  /** Tells the event loops. */
  readonly state: SpoolState;
}

/** The notifications of a process. */
export class Notifier {
  readonly #options: NotifierOptions;
  readonly #log: EventLog;
  readonly #spool: EventSpool;
  readonly #pulls: PullIntake;
  readonly #deliveries: readonly Delivery[];
  #timer: ReturnType<typeof setTimeout> | undefined;

  private constructor(options: NotifierOptions) {
    this.#options = options;
    const { driver, endpoints, say } = options;
    this.#log = new EventLog(driver);
    this.#spool = new EventSpool(this.#log, () => this.#wake());
    this.#pulls = new PullIntake(Math.max(...endpoints.map(({ batch }) => batch)));
    const onRoom = (): void => this.#tendPulls();
    const services = { driver, log: this.#log, pulls: this.#pulls, onRoom, say };
    this.#deliveries = endpoints.flatMap((endpoint) => {
      const id = endpointIdOf(endpoint.name);
      return id === null ? [] : [new Delivery(endpoint, id, services)];
    });
  }

  /** Begins to deliver. Throws a `StorageError` when the log cannot be read. */
  static async start(options: NotifierOptions): Promise<Notifier> {
    const notifier = new Notifier(options);
    const end = await notifier.#log.look();
    options.state.end = end.number;
    if (!options.isReadOnly) await notifier.#forgetOthers();
    for (const delivery of notifier.#deliveries) await delivery.start(end);
    await notifier.#lookForRoom();
    return notifier;
  }

  /** Keeps events, all of them; resolves when they are on disk. Rejects with a `StorageError`. */
  keep(events: readonly string[]): Promise<void> {
    return this.#spool.keep(events);
  }

  /** Asks a source for pulls from now on, as listeners keep up. */
  listenTo(source: PullSource): void {
    this.#pulls.add(source);
    this.#tendPulls();
  }

  /** Takes what a source hands over. */
  take(source: PullSource, pulls: readonly PullEntry<string>[]): void {
    this.#pulls.take(source, pulls);
    this.#wake();
  }

  /** What is counted, for each listener. */
  async counts(): Promise<readonly EndpointCounts[]> {
    const end = await this.#log.look();
    return this.#deliveries.map((delivery) => delivery.counts(end));
  }

  /** Ends; no event may come any more. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    await Promise.all(this.#deliveries.map((delivery) => delivery.stop()));
    this.#log.close();
  }

  #wake(): void {
    this.#options.state.end = this.#log.end.number;
    for (const delivery of this.#deliveries) delivery.wake();
    this.#tendPulls();
  }

  /** Lets go of pulls that every listener has had, and asks for more. */
  #tendPulls(): void {
    const places = this.#deliveries.map(({ pullPlace }) => pullPlace).filter((place) =>
      place !== null
    );
    if (places.length === 0) return;
    this.#pulls.queue.forget(Math.min(...places));
    this.#pulls.ask(Math.max(...places));
  }

  /** Nothing is kept for listeners that the settings do not name any more, unless another server serves them. */
  async #forgetOthers(): Promise<void> {
    const { driver, endpoints, say } = this.#options;
    for (const name of await positionedEndpoints(driver)) {
      const id = endpointIdOf(name);
      if (id === null || endpoints.some((endpoint) => endpoint.name === name)) continue;
      const file = new EventPositionFile(driver, id);
      if (!await file.tryTake()) continue;
      await file.remove();
      file.release();
      say(`${name}: is not a listener any more, and nothing is kept for it`);
    }
  }

  async #lookForRoom(): Promise<void> {
    const { spoolBytesMax, say, state } = this.#options;
    try {
      const least = await leastPlace(this.#options.driver) ?? FIRST_PLACE;
      const isFull = await this.#log.bytesBehind(least) >= spoolBytesMax;
      if (isFull !== state.isFull) {
        say(isFull ? "the spool is full: writes are turned down" : "the spool has room again");
        state.isFull = isFull;
      }
    } catch (error) {
      say(error instanceof Error ? error.message : String(error));
    }
    this.#timer = setTimeout(() => this.#lookForRoom(), EVENTS_ROOM_LOOK_MS);
  }
}
