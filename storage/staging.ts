/**
 * Files on their way to their place, which a crash may have left behind.
 *
 * @module
 */

import { NOT_DURABLE, type StorageDriver } from "./driver.ts";
import { below, stagingDirectory } from "./layout.ts";
import { namesOf } from "./listing.ts";

/** A file in staging. */
export interface StagedFile {
  readonly name: string;
  readonly size: number;
  readonly modifiedMs: number;
}

/** The staging directory of a store. */
export class Staging {
  readonly #driver: StorageDriver;

  constructor(driver: StorageDriver) {
    this.#driver = driver;
  }

  /** Every file in staging; those of requests under way are a few milliseconds old. */
  async *all(): AsyncGenerator<StagedFile> {
    for await (const name of namesOf(this.#driver, stagingDirectory)) {
      const file = await this.stat(name);
      if (file !== null) yield file;
    }
  }

  /** Looks at a file that {@linkcode all} named; `null` when it has reached its place. */
  async stat(name: string): Promise<StagedFile | null> {
    const info = await this.#driver.stat(below(stagingDirectory, name));
    return info === null ? null : { name, size: info.size, modifiedMs: info.modifiedMs };
  }

  /** Removes a file that {@linkcode all} named. */
  async remove(name: string): Promise<void> {
    await this.#driver.remove(below(stagingDirectory, name), NOT_DURABLE);
  }
}
