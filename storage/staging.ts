/**
 * Small files on their way to their place: what a crash left of them.
 *
 * @module
 */

import { NOT_DURABLE, type StorageDriver, type StoragePath } from "./driver.ts";
import { below, stagingDirectory } from "./layout.ts";
import { namesOf } from "./listing.ts";

/** A file that never came to its place. */
export interface Leftover {
  readonly path: StoragePath;
  readonly size: number;
  readonly modifiedMs: number;
}

/** The files that are being written, or were when the power went. */
export class Staging {
  readonly #driver: StorageDriver;

  constructor(driver: StorageDriver) {
    this.#driver = driver;
  }

  /** The files that were last written before a time, in milliseconds since 1970. */
  async *olderThan(timeMs: number): AsyncGenerator<Leftover> {
    for await (const name of namesOf(this.#driver, stagingDirectory)) {
      const path = below(stagingDirectory, name);
      const info = await this.#driver.stat(path);
      if (info === null || info.isDirectory || info.modifiedMs >= timeMs) continue;
      yield { path, size: info.size, modifiedMs: info.modifiedMs };
    }
  }

  /** Removes a leftover; `false` when it is gone. */
  async remove({ path }: Leftover): Promise<boolean> {
    return await this.#driver.remove(path, NOT_DURABLE);
  }
}
