/**
 * The event loops of a server, seen from the main thread.
 *
 * @module
 */

import { type EventLoop, startEventLoop } from "./event_loop.ts";
import type { LineBatch } from "./log_lines.ts";
import type { Services, ThreadParts } from "./services.ts";
import type { Settings } from "./settings/table.ts";
import type { WorkerOrder, WorkerReport } from "./worker.ts";

/**
 * Starts as many loops as the settings ask for: the main thread is one of them, workers are the others. `deliver` takes
 * the log lines of the workers.
 */
export async function startEventLoops(
  settings: Settings,
  parts: ThreadParts,
  services: Services,
  deliver: (batch: LineBatch) => void,
): Promise<EventLoop> {
  // The first makes the files that are missing, such as that of the users; the others find them.
  const loops = [await startEventLoop(settings, services)];
  const workers = Array.from(
    { length: settings.http.workers - 1 },
    (_, index) => startWorker(settings, { ...parts, index: index + 1 }, deliver),
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
  parts: ThreadParts,
  deliver: (batch: LineBatch) => void,
): Promise<EventLoop> {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  worker.addEventListener("message", ({ data }: MessageEvent<WorkerReport>) => {
    if (data.kind === "lines") deliver(data.batch);
  });
  await order(worker, { kind: "start", settings, parts }, "started");
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
