/**
 * Listings that are too long to hold up everything else.
 *
 * @module
 */

import { type Digest, DIGEST_ALGORITHMS } from "./digest.ts";
import type { StorageDriver, StoragePath } from "./driver.ts";
import { below, digestFromNames } from "./layout.ts";
import { LIST_SLICE_ENTRIES, WALK_TURN_MS } from "./limits.ts";

/** The names one level below a directory, in order. Other requests get their turn every few hundred names. */
export async function* namesOf(
  driver: StorageDriver,
  directory: StoragePath,
): AsyncGenerator<string> {
  const names = await driver.list(directory);
  for (const [index, name] of names.entries()) {
    yield name;
    if (index % LIST_SLICE_ENTRIES === LIST_SLICE_ENTRIES - 1) await giveTurn(driver);
  }
}

/** The digests that `<algorithm>/<hex>` below a directory stand for; foreign names are left out. */
export async function* digestsBelow(
  driver: StorageDriver,
  directory: StoragePath,
): AsyncGenerator<Digest> {
  for (const algorithm of Object.keys(DIGEST_ALGORITHMS)) {
    for await (const hex of namesOf(driver, below(directory, algorithm))) {
      const digest = digestFromNames(algorithm, hex);
      if (digest !== null) yield digest;
    }
  }
}

/** When those who have a thread for themselves last gave up their turn. */
let walkTurnMs = 0;

/** Gives others their turn in a long listing; seldom where nobody waits for it but a signal. A turn takes 2 ms. */
export async function giveTurn({ isWalk = false }: StorageDriver): Promise<void> {
  if (isWalk) {
    const nowMs = performance.now();
    if (nowMs - walkTurnMs < WALK_TURN_MS) return;
    walkTurnMs = nowMs;
  }
  await nextTurn();
}

/** Lets the event loop do what has come in meanwhile. Awaiting a value that is there does not. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
