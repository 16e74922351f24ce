/**
 * How long pushes take beside a collection.
 *
 * @module
 */

import { type RunningServer, startBerth } from "../harness.ts";
import { makeImage, makeLayer, noise } from "../images.ts";
import { RegistryClient } from "../push.ts";
import { formatCount } from "./figure.ts";
import { percentile } from "./measure.ts";
import type { Table } from "./table.ts";

const LAYER_BYTES = 1_024;

/** The milliseconds of each push. */
export interface PushTimes {
  readonly alone: readonly number[];
  readonly beside: readonly number[];
}

/**
 * Pushes small images to a server of a store, one after the other: for `aloneMs`, and then for as long as a collection
 * of the store takes.
 */
export async function measurePushes(
  root: string,
  aloneMs: number,
  collect: () => Promise<unknown>,
): Promise<PushTimes> {
  const server = await startBerth({ root });
  try {
    const pusher = new Pusher(server);
    // The first ones load the program.
    await pusher.pushUntil(AbortSignal.timeout(aloneMs / 5));
    const alone = await pusher.pushUntil(AbortSignal.timeout(aloneMs));
    const ended = new AbortController();
    const collection = collect().finally(() => ended.abort());
    const beside = await pusher.pushUntil(ended.signal);
    await collection;
    return { alone, beside };
  } finally {
    await server.stop();
  }
}

/** A client that pushes images which nobody has pushed before: a config, a layer, and a manifest with a tag. */
class Pusher {
  readonly #client: RegistryClient;
  #pushed = 0;

  constructor({ url }: RunningServer) {
    this.#client = new RegistryClient(url);
  }

  /** Pushes until it is told to end; returns the milliseconds of each push. */
  async pushUntil(end: AbortSignal): Promise<readonly number[]> {
    const times: number[] = [];
    while (!end.aborted) {
      const number = ++this.#pushed;
      const files = [{ path: "file", content: noise(number, LAYER_BYTES) }];
      const image = makeImage("oci", "amd64", [makeLayer("oci", "none", files)]);
      const startedMs = performance.now();
      await this.#client.pushImage("bench/pushed", image, `v${number}`);
      times.push(performance.now() - startedMs);
    }
    return times;
  }
}

/** The table of pushes. */
export function pushTable({ alone, beside }: PushTimes): Table {
  const row = (name: string, times: readonly number[]): readonly string[] => [
    name,
    formatCount(times.length),
    ...[50, 99, 100].map((percent) => percentile(times, percent).toFixed(1)),
  ];
  return {
    title: "Pushes of small images beside a collection",
    textColumns: 1,
    head: ["", "pushes", "p50 ms", "p99 ms", "longest ms"],
    rows: [row("alone", alone), row("beside berth gc -m", beside)],
  };
}
