/**
 * The event loops of a server, seen from the main thread.
 *
 * @module
 */

import { type EventLoop, startEventLoop } from "./event_loop.ts";
import { operateReadOnly, ReadOnlySwitch } from "./read_only.ts";
import type { Settings } from "./settings/table.ts";
import { isPurging, startPurger } from "./upload_purger.ts";
import type { WorkerOrder, WorkerReport } from "./worker.ts";

/** Starts as many loops as the settings ask for: the main thread is one of them, workers are the others. */
export async function startEventLoops(settings: Settings): Promise<EventLoop> {
  const readOnly = new ReadOnlySwitch();
  const stopOperating = operateReadOnly(settings, readOnly, (message) => {
    console.error(`berth serve: ${message}`);
  });
  // The first makes the files that are missing, such as that of the users; the others find them.
  const loops = [await startEventLoop(settings, readOnly)];
  const workers = Array.from(
    { length: settings.http.workers - 1 },
    () => startWorker(settings, readOnly),
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

async function startWorker(settings: Settings, { buffer }: ReadOnlySwitch): Promise<EventLoop> {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  await order(worker, { kind: "start", settings, readOnly: buffer }, "started");
  return { drain: () => order(worker, { kind: "drain" }, "drained") };
}

/** Sends an order and waits for the report that it was carried out. */
function order(
  worker: Worker,
  what: WorkerOrder,
  awaited: WorkerReport["kind"],
): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<WorkerReport>): void => {
      if (data.kind === awaited) resolve();
    };
    worker.onerror = (event): void => {
      event.preventDefault();
      reject(new Error(`A worker failed: ${event.message}`));
    };
    worker.postMessage(what);
  });
}
