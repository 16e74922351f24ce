import { assertEquals } from "@std/assert";
import { textBytes } from "../storage/contract/bytes.ts";
import { type Digest, digestHex } from "../storage/digest.ts";
import { GC_HOLD_MS } from "../storage/limits.ts";
import { openStore } from "../storage/store.ts";
import { pushBlob, Recorder, repository } from "../storage/store_kit.ts";
import { COLLECTED_MS, timedStore } from "./gc_kit.ts";
import type { Removal } from "./removal.ts";
import { sweep, type SweepOptions } from "./sweep.ts";

const APP = repository("app");

const OPTIONS: SweepOptions = {
  youngSinceMs: COLLECTED_MS,
  uploadsYoungSinceMs: COLLECTED_MS,
  nowMs: () => 0,
  parallel: 1,
  pause: () => Promise.resolve(),
};

function removalOf(digest: Digest): Removal {
  return { kind: "blob", digest, reason: "needed by no manifest", bytes: 0 };
}

/** Sweeps eight blobs; returns the places in the step of those of which bytes were removed, in their order. */
async function sweepEight(options: Partial<SweepOptions>): Promise<readonly number[]> {
  const { driver, store } = timedStore();
  const step: Digest[] = [];
  for (let index = 0; index < 8; index++) {
    step.push(await pushBlob(store, APP, textBytes(`blob ${index}`)));
  }
  const recorder = new Recorder(driver);
  await sweep(openStore(recorder.driver), step.map(removalOf), { ...OPTIONS, ...options });
  return recorder.writes.flatMap((write) => {
    const hex = /^remove blobs\/sha256\/..\/([0-9a-f]+)\/data$/.exec(write)?.[1];
    return hex === undefined ? [] : [step.findIndex((digest) => digestHex(digest) === hex)];
  });
}

Deno.test("sweep() removes one thing after the other if it is told so", async () => {
  assertEquals(await sweepEight({ parallel: 1 }), [0, 1, 2, 3, 4, 5, 6, 7]);
});

Deno.test("sweep() takes what it removes at a time from all over a step", async () => {
  assertEquals(await sweepEight({ parallel: 4 }), [0, 2, 4, 6, 1, 3, 5, 7]);
});

Deno.test("sweep() leaves the gate when its time is over, and goes on", async () => {
  let nowMs = 0;
  let pauses = 0;
  const removed = await sweepEight({
    parallel: 2,
    nowMs: () => nowMs += GC_HOLD_MS,
    pause: () => Promise.resolve(void pauses++),
  });
  assertEquals(removed, [0, 4, 1, 5, 2, 6, 3, 7]);
  assertEquals(pauses, 3);
});
