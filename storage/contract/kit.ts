/**
 * What the cases of the driver contract are made of, and work with.
 *
 * @module
 */

import { assert, assertEquals, fail } from "@std/assert";
import type { Awaitable } from "../awaitable.ts";
import type { StorageDriver, StoragePath, StorageWriter } from "../driver.ts";
import { StorageError } from "../errors.ts";
import { drain } from "./bytes.ts";

/** Longest file that the contract reads with `get`, in bytes. */
export const GET_BYTES_MAX = 64 * 1024 * 1024;

/** What a case asks of the test of a driver beyond the driver itself. */
export type ContractNeed = "a second instance" | "a way to backdate files";

/** One rule that every driver obeys. */
export interface ContractCase {
  /** A plain statement, after the name of the driver. */
  readonly name: string;
  readonly needs?: readonly ContractNeed[];
  run(kit: ContractKit): Promise<void>;
}

export interface ContractKitParts {
  readonly driver: StorageDriver;
  readonly second: StorageDriver | null;
  readonly backdate: ((path: StoragePath) => Awaitable<void>) | null;
}

/** The directory that holds everything a case makes. */
const CASE_DIRECTORY = "contract" as StoragePath;

/** The directory that holds the whole store. */
const ROOT = "" as StoragePath;

/** A driver for one case. It remembers the paths that the case names, so that it knows a stray file from them. */
export class ContractKit {
  readonly driver: StorageDriver;
  readonly #parts: ContractKitParts;
  readonly #named = new Set<string>();

  constructor(parts: ContractKitParts) {
    this.driver = parts.driver;
    this.#parts = parts;
  }

  /** Another instance of the driver on the same place, as another process would have it. */
  get second(): StorageDriver {
    assert(this.#parts.second !== null, "this case must say that it needs a second instance");
    return this.#parts.second;
  }

  /** Makes a path for this case: the one place where the contract turns plain text into a path. */
  at(name: string): StoragePath {
    let path: string = CASE_DIRECTORY;
    this.#named.add(path);
    for (const part of name.split("/")) {
      path += `/${part}`;
      this.#named.add(path);
    }
    return path as StoragePath;
  }

  /** Sets the time of a file or directory to the first days of 1970. */
  async backdate(path: StoragePath): Promise<void> {
    assert(this.#parts.backdate !== null, "this case must say that it needs to backdate");
    await this.#parts.backdate(path);
  }

  /** Opens a file for appending, making it if need be. */
  async writer(path: StoragePath): Promise<StorageWriter> {
    const writer = await this.driver.append(path, { create: true });
    assert(writer !== null, `append() must make "${path}"`);
    return writer;
  }

  /** Appends pieces to a file, syncs and closes it. */
  async append(path: StoragePath, ...pieces: readonly Uint8Array[]): Promise<void> {
    const writer = await this.writer(path);
    try {
      for (const piece of pieces) await writer.write(piece);
      await writer.sync();
    } finally {
      writer.close();
    }
  }

  /** Reads a whole file as a stream. */
  async content(path: StoragePath): Promise<Uint8Array<ArrayBuffer>> {
    const info = await this.driver.stat(path);
    assert(info !== null, `"${path}" must be there`);
    return drain(await this.driver.read(path, { start: 0, end: info.size }));
  }

  /** Removes what the case made, piece by piece. Fails when there is more than it named. */
  async sweep(): Promise<void> {
    const entries = await this.#walk(ROOT);
    // A driver may keep directories of its own beside the case, as long as nothing is in them.
    const made = entries.filter(({ path }) => path.startsWith(`${CASE_DIRECTORY}/`));
    const strays = entries.filter((entry) => !entry.isDirectory || made.includes(entry))
      .map(({ path }) => path).filter((path) => !this.#named.has(path));
    assertEquals(strays, [], "the driver left something behind");
    for (const { path, isDirectory } of made) {
      if (isDirectory) await this.driver.prune(path, CASE_DIRECTORY);
      else assert(await this.driver.removeAll(path), `removeAll() must remove "${path}"`);
    }
    const left = await this.driver.list(CASE_DIRECTORY);
    assertEquals(left, [], "prune() must remove a directory that is empty");
  }

  /** Everything below a directory, what is in a directory before the directory itself. */
  async #walk(directory: StoragePath): Promise<Entry[]> {
    const entries: Entry[] = [];
    for (const name of await this.driver.list(directory)) {
      const path = (directory === ROOT ? name : `${directory}/${name}`) as StoragePath;
      const info = await this.driver.stat(path);
      assert(info !== null, `list() names "${path}", which stat() cannot see`);
      const { isDirectory } = info;
      if (isDirectory) entries.push(...await this.#walk(path));
      entries.push({ path, isDirectory });
    }
    return entries;
  }
}

interface Entry {
  readonly path: StoragePath;
  readonly isDirectory: boolean;
}

/** The `StorageError` that an action throws; fails when it throws none. Any other error is thrown on. */
export async function failureOf(action: () => Awaitable<unknown>): Promise<StorageError> {
  try {
    await action();
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    return error;
  }
  fail("a StorageError must be thrown");
}

/** `null`, or what an action gives; a `StorageError` counts as `null` where either is right. */
export async function resultOf<T>(action: () => Awaitable<T>): Promise<T | null> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    return null;
  }
}

/** Gives every other task of the event loop its turn, some times over. */
export async function letOthersRun(turns: number = 5): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
}
