/**
 * A worker of the server: waits for the settings, answers requests, ends when it is told to.
 *
 * @module
 */

import { type EventLoop, startEventLoop } from "./event_loop.ts";
import { flushLines, type LineBatch } from "./log_lines.ts";
import type { NotificationInit } from "./notification_port.ts";
import { openServices, type Services, type ThreadParts } from "./services.ts";
import type { Settings } from "./settings/table.ts";

/** What the main thread tells a worker. */
export type WorkerOrder = {
  readonly kind: "start";
  readonly settings: Settings;
  readonly parts: ThreadParts;
  /** The way to listeners; `null` without any. */
  readonly notifications: NotificationInit | null;
} | { readonly kind: "drain" };

/** What a worker tells the main thread. */
export type WorkerReport =
  | { readonly kind: "started" }
  | { readonly kind: "drained" }
  | { readonly kind: "lines"; readonly batch: LineBatch };

/** The part of the global scope of a worker that the compiler's library for the main thread does not know. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<WorkerOrder>) => void) | null;
  postMessage(report: WorkerReport): void;
  close(): void;
}

const scope = globalThis as unknown as WorkerScope;
let loop: EventLoop | null = null;
let services: Services | null = null;

scope.onmessage = async ({ data }): Promise<void> => {
  if (data.kind === "start") {
    const { settings, parts, notifications } = data;
    services = openServices(
      settings,
      parts,
      (batch) => scope.postMessage({ kind: "lines", batch }),
    );
    loop = await startEventLoop(settings, services, notifications);
    scope.postMessage({ kind: "started" });
  } else {
    await loop?.drain();
    if (services !== null) flushLines(services.lines);
    scope.postMessage({ kind: "drained" });
    scope.close();
  }
};
