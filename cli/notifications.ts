/**
 * Notifications, seen from the main thread.
 *
 * @module
 */

import type { Log } from "../registry/log.ts";
import type { EndpointCounts } from "../registry/notifications/counters.ts";
import { PullBoard } from "../registry/notifications/pull_board.ts";
import { SpoolState } from "../registry/notifications/spool_state.ts";
import type { NotificationInit } from "./notification_port.ts";
import { eventSource, notificationEndpoints } from "./notification_settings.ts";
import type {
  NotificationOrder,
  NotificationReport,
  NotificationWord,
} from "./notification_worker.ts";
import type { Settings } from "./settings/table.ts";

/** The thread of notifications. */
export interface Notifications {
  /** Makes a way to it for another event loop. */
  open(): Promise<NotificationInit>;
  /** What is counted, for each listener. */
  counts(): Promise<readonly EndpointCounts[]>;
  /** Ends it, once the event loops have ended. What listeners have not taken stays for the next start. */
  stop(): Promise<void>;
}

/** Starts the thread; `null` when there are no listeners, as it is not needed then. */
export async function startNotifications(
  settings: Settings,
  log: Log,
): Promise<Notifications | null> {
  if (notificationEndpoints(settings).length === 0) return null;
  const source = eventSource(settings);
  const state = new SpoolState();
  const orders = new Orders(log, () => {
    // Without the thread no event could be kept, so nothing may be written.
    state.isFull = true;
  });
  await orders.give({ kind: "start", settings, state: state.buffer });
  const { workers } = settings.http;
  return {
    async open(): Promise<NotificationInit> {
      const { port1, port2 } = new MessageChannel();
      const board = new PullBoard().buffer;
      await orders.give({ kind: "listen", port: port2, board }, [port2]);
      return { port: port1, state: state.buffer, board, source, loops: workers };
    },
    async counts(): Promise<readonly EndpointCounts[]> {
      const report = await orders.give({ kind: "count" });
      return report.kind === "counts" ? report.counts : [];
    },
    async stop(): Promise<void> {
      await orders.give({ kind: "stop" });
    },
  };
}

/** Gives orders to the thread, which reports on them in their order. */
class Orders {
  readonly #worker = startThread();
  readonly #log: Log;
  readonly #onEnded: () => void;
  #report: (report: NotificationReport) => void = () => {};
  #turn: Promise<unknown> = Promise.resolve();

  /** `onEnded` is told when the thread has ended by an error. */
  constructor(log: Log, onEnded: () => void) {
    this.#log = log;
    this.#onEnded = onEnded;
    this.#worker.onmessage = ({ data }: MessageEvent<NotificationReport | NotificationWord>) => {
      if (data.kind === "said") log.warn(data.message);
      else this.#report(data);
    };
  }

  give(order: NotificationOrder, transfer: Transferable[] = []): Promise<NotificationReport> {
    const report = this.#turn.then(() => this.#ask(order, transfer));
    this.#turn = report.catch(() => {});
    return report;
  }

  #ask(order: NotificationOrder, transfer: Transferable[]): Promise<NotificationReport> {
    return new Promise((resolve, reject) => {
      this.#report = resolve;
      this.#worker.onerror = (event): void => {
        event.preventDefault();
        const problem = `notifications ended: ${event.message}`;
        this.#log.error(problem);
        this.#onEnded();
        reject(new Error(problem));
      };
      this.#worker.postMessage(order, transfer);
    });
  }
}

function startThread(): Worker {
  return new Worker(new URL("./notification_worker.ts", import.meta.url), { type: "module" });
}
