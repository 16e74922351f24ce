/**
 * The event loops of a server, seen from the main thread.
 *
 * @module
 */

import { type EventLoop, startEventLoop } from "./event_loop.ts";
import type { LineBatch } from "./log_lines.ts";
import type { NotificationInit } from "./notification_port.ts";
import type { Notifications } from "./notifications.ts";
import type { Services, ThreadParts } from "./services.ts";
import type { Settings } from "./settings/table.ts";
import type { WorkerOrder, WorkerReport } from "./worker.ts";

/** What the main thread has for its event loops. */
export interface PoolParts {
  readonly parts: ThreadParts;
  /** What the main thread made of the parts. */
  readonly services: Services;
  /** The way to listeners; `null` without any. */
  readonly notifications: Notifications | null;
  /** Takes the log lines of the workers. */
  readonly deliver: (batch: LineBatch) => void;
}

/** Starts as many loops as the settings ask for: the main thread is one of them, workers are the others. */
export async function startEventLoops(settings: Settings, pool: PoolParts): Promise<EventLoop> {
  const { services, notifications } = pool;
  const open = (): Promise<NotificationInit | null> =>
    notifications?.open() ?? Promise.resolve(null);
  // The first makes the files that are missing, such as that of the users; the others find them.
  const loops = [await startEventLoop(settings, services, await open())];
  const workers = Array.from(
    { length: settings.http.workers - 1 },
    async (_, index) => startWorker(settings, pool, index + 1, await open()),
  );
  loops.push(...await Promise.all(workers));
  return {
    async drain(): Promise<void> {
      await Promise.all(loops.map((loop) => loop.drain()));
    },
  };
}

async function startWorker(
  settings: Settings,
  { parts, deliver }: PoolParts,
  index: number,
  notifications: NotificationInit | null,
): Promise<EventLoop> {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  worker.addEventListener("message", ({ data }: MessageEvent<WorkerReport>) => {
    if (data.kind === "lines") deliver(data.batch);
  });
  await order(
    worker,
    { kind: "start", settings, parts: { ...parts, index }, notifications },
    "started",
    notifications === null ? [] : [notifications.port],
  );
  return { drain: () => order(worker, { kind: "drain" }, "drained") };
}

/** Sends an order and waits for the report that it was carried out. */
function order(
  worker: Worker,
  what: WorkerOrder,
  awaited: WorkerReport["kind"],
  transfer: Transferable[] = [],
): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<WorkerReport>): void => {
      if (data.kind === awaited) resolve();
    };
    worker.onerror = (event): void => {
      event.preventDefault();
      reject(new Error(`A worker failed: ${event.message}`));
    };
    worker.postMessage(what, transfer);
  });
}
