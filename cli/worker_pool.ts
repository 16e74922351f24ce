/**
 * The event loops of a server, seen from the main thread.
 *
 * @module
 */

import type { ClientLimits } from "./client_limits.ts";
import { type EventLoop, startEventLoop } from "./event_loop.ts";
import { type NotificationInit, startNotifications } from "./notifications.ts";
import { operateReadOnly, ReadOnlySwitch } from "./read_only.ts";
import type { Settings } from "./settings/table.ts";
import { isPurging, startPurger } from "./upload_purger.ts";
import { clientLimits } from "./wire.ts";
import type { WorkerOrder, WorkerReport } from "./worker.ts";

/** Starts as many loops as the settings ask for: the main thread is one of them, workers are the others. */
export async function startEventLoops(settings: Settings): Promise<EventLoop> {
  const readOnly = new ReadOnlySwitch();
  const limits = clientLimits(settings);
  const stopOperating = operateReadOnly(settings, readOnly, (message) => {
    console.error(`berth serve: ${message}`);
  });
  const notifications = await startNotifications(settings);
  const open = (): Promise<NotificationInit | null> =>
    notifications?.open() ?? Promise.resolve(null);
  // The first makes the files that are missing, such as that of the users; the others find them.
  const loops = [await startEventLoop(settings, readOnly, limits, await open())];
  const workers = Array.from(
    { length: settings.http.workers - 1 },
    async () => startWorker(settings, readOnly, limits, await open()),
  );
  loops.push(...await Promise.all(workers));
  const collector = settings.gc.interval > 0 ? startCollector(settings) : null;
  const purger = isPurging(settings) ? startPurger(settings, () => readOnly.isOn) : null;
  return {
    async drain(): Promise<void> {
      // A collection leaves a whole store wherever it stops, so nothing waits for it.
      collector?.terminate();
      purger?.stop();
      stopOperating();
      await Promise.all(loops.map((loop) => loop.drain()));
      await notifications?.stop();
    },
  };
}

/** Collection reads and removes synchronously, which must not hold up requests: it has a thread of its own. */
function startCollector(settings: Settings): Worker {
  const worker = new Worker(new URL("./gc_worker.ts", import.meta.url), { type: "module" });
  worker.onerror = (event): void => {
    event.preventDefault();
    console.error(`berth serve: collecting ended: ${event.message}`);
  };
  worker.postMessage(settings);
  return worker;
}

async function startWorker(
  settings: Settings,
  readOnly: ReadOnlySwitch,
  limits: ClientLimits | null,
  notifications: NotificationInit | null,
): Promise<EventLoop> {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  await order(
    worker,
    {
      kind: "start",
      settings,
      readOnly: readOnly.buffer,
      clients: limits?.buffer ?? null,
      notifications,
    },
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
