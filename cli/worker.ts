/**
 * A worker of the server: waits for the settings, answers requests, ends when it is told to.
 *
 * @module
 */

import { type EventLoop, startEventLoop } from "./event_loop.ts";
import type { NotificationInit } from "./notifications.ts";
import { ReadOnlySwitch } from "./read_only.ts";
import type { Settings } from "./settings/table.ts";
import { clientLimits } from "./wire.ts";

/** What the main thread tells a worker. */
export type WorkerOrder = {
  readonly kind: "start";
  readonly settings: Settings;
  /** The memory of the switch. */
  readonly readOnly: SharedArrayBuffer;
  /** The table of clients; `null` without limits. */
  readonly clients: SharedArrayBuffer | null;
  /** The way to listeners; `null` without any. */
  readonly notifications: NotificationInit | null;
} | { readonly kind: "drain" };

/** What a worker tells the main thread. */
export type WorkerReport = { readonly kind: "started" } | { readonly kind: "drained" };

/** The part of the global scope of a worker that the compiler's library for the main thread does not know. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<WorkerOrder>) => void) | null;
  postMessage(report: WorkerReport): void;
  close(): void;
}

const scope = globalThis as unknown as WorkerScope;
let loop: EventLoop | null = null;

scope.onmessage = async ({ data }): Promise<void> => {
  if (data.kind === "start") {
    const { settings, readOnly, clients, notifications } = data;
    const limits = clients === null ? null : clientLimits(settings, clients);
    loop = await startEventLoop(settings, new ReadOnlySwitch(readOnly), limits, notifications);
    scope.postMessage({ kind: "started" });
  } else {
    await loop?.drain();
    scope.postMessage({ kind: "drained" });
    scope.close();
  }
};
