/**
 * The thread of notifications: keeps the events of all event loops, and delivers them.
 *
 * @module
 */

import type { EndpointCounts } from "../registry/notifications/counters.ts";
import { Notifier } from "../registry/notifications/notifier.ts";
import { PullBoard } from "../registry/notifications/pull_board.ts";
import { SpoolState } from "../registry/notifications/spool_state.ts";
import { ReadOnlyDriver } from "../storage/read_only_driver.ts";
import type { EventsMessage, PortMessage } from "./notification_port.ts";
import { notificationEndpoints } from "./notification_settings.ts";
import type { Settings } from "./settings/table.ts";
import { openConfiguredDriver } from "./wire.ts";

/** What the main thread tells the thread of notifications. */
export type NotificationOrder =
  | { readonly kind: "start"; readonly settings: Settings; readonly state: SharedArrayBuffer }
  /** Takes events from another event loop. */
  | { readonly kind: "listen"; readonly port: MessagePort; readonly board: SharedArrayBuffer }
  | { readonly kind: "count" }
  | { readonly kind: "stop" };

/** What it answers, to each order. */
export type NotificationReport =
  | { readonly kind: "done" }
  | { readonly kind: "counts"; readonly counts: readonly EndpointCounts[] };

/** What it says in between, for the log. */
export interface NotificationWord {
  readonly kind: "said";
  readonly message: string;
}

/** The part of the global scope of a worker that the compiler's library for the main thread does not know. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<NotificationOrder>) => void) | null;
  postMessage(report: NotificationReport | NotificationWord): void;
  close(): void;
}

const scope = globalThis as unknown as WorkerScope;
let notifier: Notifier | null = null;

scope.onmessage = async ({ data }): Promise<void> => {
  if (data.kind === "start") {
    const driver = openConfiguredDriver(data.settings);
    const isReadOnly = data.settings.storage.maintenance.readonly.enabled;
    notifier = await Notifier.start({
      driver: isReadOnly ? new ReadOnlyDriver(driver) : driver,
      endpoints: notificationEndpoints(data.settings),
      isReadOnly,
      spoolBytesMax: data.settings.notifications.spool.maxbytes,
      say: (message) => scope.postMessage({ kind: "said", message: `notifications: ${message}` }),
      state: new SpoolState(data.state),
    });
  } else if (data.kind === "listen") {
    if (notifier !== null) listenTo(data.port, new PullBoard(data.board), notifier);
  } else if (data.kind === "count") {
    scope.postMessage({ kind: "counts", counts: await notifier?.counts() ?? [] });
    return;
  } else {
    await notifier?.stop();
    scope.postMessage({ kind: "done" });
    scope.close();
    return;
  }
  scope.postMessage({ kind: "done" });
};

function listenTo(port: MessagePort, board: PullBoard, notifier: Notifier): void {
  const send = (message: PortMessage): void => port.postMessage(message);
  const source = { board, ask: (count: number): void => send({ kind: "ask", count }) };
  const answer = (problem: string | null): void => send({ kind: "kept", problem });
  port.onmessage = ({ data }: MessageEvent<EventsMessage>): void => {
    if (data.kind === "pass") notifier.take(source, data.pulls);
    else {
      notifier.keep(data.events).then(
        () => answer(null),
        (error) => answer(error instanceof Error ? error.message : String(error)),
      );
    }
  };
  notifier.listenTo(source);
}
