/**
 * Keeps the store in a directory of a local disk, as distribution's `filesystem` driver does.
 *
 * Small operations are synchronous: they take microseconds, and a thread would take ten times as long. Whatever
 * waits for the disk itself (sync, large reads and writes) is not.
 *
 * @module
 */

import { rmdir } from "node:fs/promises";
import type { Awaitable } from "./awaitable.ts";
import { ContentCache, type FileState, isCurrent } from "./content_cache.ts";
import { DirectorySync, makeDirectories, parentOf } from "./directory_sync.ts";
import type {
  StorageDriver,
  StorageInfo,
  StorageListOptions,
  StorageLock,
  StoragePath,
  StorageSpan,
  StorageWriteOptions,
  StorageWriter,
} from "./driver.ts";
import { isAbsent, StorageError, toStorageError } from "./errors.ts";
import { FilesystemClock } from "./filesystem_clock.ts";
import { FilesystemLock } from "./filesystem_lock.ts";
import { readLarge, readNames, streamOf, type StreamOptions } from "./filesystem_reader.ts";
import { FilesystemWriter } from "./filesystem_writer.ts";
import { stagingDirectory } from "./layout.ts";
import {
  DIRECTORY_TRIES_MAX,
  INSIDE_CACHE_DIRECTORIES_MAX,
  INSIDE_WALK_DIRECTORIES_MAX,
  LISTING_CACHE_NAMES_MAX,
  SYNC_READ_BYTES_MAX,
} from "./limits.ts";
import { ListingCache, pageOf } from "./listing_cache.ts";
import { OccupiedDirectories } from "./occupied_directories.ts";

/** What a driver is for, and how it uses memory. */
export interface FilesystemOptions extends StreamOptions {
  /**
   * Whether its user walks the whole store once, on a thread for himself. He comes back to no listing, so none is kept;
   * but he looks into most of what is listed, and is told the kinds of the entries without a look at each.
   */
  readonly isWalk?: boolean;
}

/** A {@linkcode StorageDriver} over a directory. Symbolic links that lead out of the directory are not followed. */
export class FilesystemDriver implements StorageDriver {
  readonly name = "filesystem";
  readonly isShared = true;
  readonly isWalk: boolean;
  readonly #root: string;
  readonly #directories = new DirectorySync();
  readonly #streaming: StreamOptions;
  readonly #listings: ListingCache;
  readonly #contents = new ContentCache();
  readonly #inside = new Set<string>();
  readonly #insideMax: number;
  readonly #occupied = new OccupiedDirectories();
  readonly #clock = new FilesystemClock(() => this.#probeTime());

  /** `root` must be an existing directory. */
  constructor(root: string, options: FilesystemOptions = {}) {
    const { isWalk = false } = options;
    this.isWalk = isWalk;
    this.#streaming = options;
    this.#listings = new ListingCache(isWalk ? 0 : LISTING_CACHE_NAMES_MAX);
    this.#insideMax = isWalk ? INSIDE_WALK_DIRECTORIES_MAX : INSIDE_CACHE_DIRECTORIES_MAX;
    try {
      this.#root = Deno.realPathSync(root);
    } catch (error) {
      throw toStorageError(error, "open store", root);
    }
  }

  get(path: StoragePath, sizeMax: number): Awaitable<Uint8Array<ArrayBuffer> | null> {
    const kept = this.#contents.get(path);
    const absolute = kept?.absolute ?? this.#absolute(path);
    try {
      // What is kept was inside the store when it was read, and is the same file still.
      if (kept !== null && kept.size <= sizeMax) {
        if (isCurrent(kept, stateOf(Deno.lstatSync(absolute)))) return kept.content;
      }
      const info = this.#look(absolute);
      if (info === null || !info.isFile) return null;
      const { size } = info;
      if (size > sizeMax) {
        throw new StorageError(
          "corrupt",
          `Cannot read "${absolute}": longer than ${sizeMax} bytes`,
        );
      }
      if (size > SYNC_READ_BYTES_MAX) return readLarge(absolute, size);
      const content = Deno.readFileSync(absolute);
      const file = { ...stateOf(info), absolute, content };
      if (!this.isWalk) this.#contents.set(path, file, Date.now());
      return content;
    } catch (error) {
      return absentAsNull(error, "read", absolute);
    }
  }

  async put(
    path: StoragePath,
    content: Uint8Array,
    options: StorageWriteOptions = {},
  ): Promise<void> {
    const isDurable = options.isDurable ?? true;
    const target = this.#absolute(path);
    const staged = `${this.#root}/${stagingDirectory}/${crypto.randomUUID()}`;
    try {
      await this.#stage(staged, content, isDurable);
      const changed = this.#place(staged, target);
      if (isDurable) await this.#syncAll(changed);
    } catch (error) {
      removeQuietly(staged);
      throw toStorageError(error, "write", target);
    }
  }

  stat(path: StoragePath): StorageInfo | null {
    const absolute = this.#absolute(path);
    try {
      const info = this.#look(absolute);
      if (info === null) return null;
      return {
        size: info.isDirectory ? 0 : info.size,
        modifiedMs: info.mtime?.getTime() ?? 0,
        isDirectory: info.isDirectory,
      };
    } catch (error) {
      return absentAsNull(error, "look at", absolute);
    }
  }

  read(path: StoragePath, span: StorageSpan): ReadableStream<Uint8Array<ArrayBuffer>> | null {
    const absolute = this.#absolute(path);
    try {
      if (this.stat(path)?.isDirectory !== false) return null;
      const file = Deno.openSync(absolute);
      if (span.start > 0) file.seekSync(span.start, Deno.SeekMode.Start);
      return streamOf(file, absolute, span.end - span.start, this.#streaming);
    } catch (error) {
      return absentAsNull(error, "read", absolute);
    }
  }

  async append(
    path: StoragePath,
    options: { readonly create?: boolean } = {},
  ): Promise<StorageWriter | null> {
    const absolute = this.#absolute(path);
    const create = options.create ?? false;
    try {
      if (this.#isLink(absolute)) throw linkError(absolute);
      const open = (): Deno.FsFile => Deno.openSync(absolute, { append: true, create });
      return await FilesystemWriter.open(
        absolute,
        create ? () => this.#within(parentOf(absolute), open) : open,
      );
    } catch (error) {
      if (isAbsent(error) && !create) return null;
      throw toStorageError(error, "append to", absolute);
    }
  }

  async move(from: StoragePath, to: StoragePath): Promise<boolean> {
    const source = this.#absolute(from);
    const target = this.#absolute(to);
    try {
      if (this.stat(from)?.isDirectory !== false) return false;
      await this.#syncAll(this.#place(source, target));
      return true;
    } catch (error) {
      throw toStorageError(error, "move to", target);
    }
  }

  touch(path: StoragePath): boolean {
    const absolute = this.#absolute(path);
    try {
      if (this.stat(path)?.isDirectory !== false) return false;
      const now = new Date(this.#clock.estimate());
      Deno.utimeSync(absolute, now, now);
      return true;
    } catch (error) {
      return absentAsNull(error, "touch", absolute) ?? false;
    }
  }

  async list(path: StoragePath, options: StorageListOptions = {}): Promise<readonly string[]> {
    const absolute = this.#absolute(path);
    try {
      const nowMs = Date.now();
      const info = Deno.lstatSync(absolute);
      if (!info.isDirectory || !this.#isInside(absolute)) return [];
      const modifiedMs = info.mtime?.getTime() ?? nowMs;
      let names = this.#listings.get(absolute, modifiedMs);
      if (names === null) {
        names = await readNames(absolute, info.size, this.isWalk ? this.#noteInside : null);
        this.#listings.set(absolute, names, modifiedMs, nowMs);
      }
      return pageOf(names, options.after, options.limit);
    } catch (error) {
      return absentAsNull(error, "list", absolute) ?? [];
    }
  }

  async remove(path: StoragePath, options: StorageWriteOptions = {}): Promise<boolean> {
    const absolute = this.#absolute(path);
    try {
      if (!this.#isInside(parentOf(absolute))) return false;
      // A disk may take its time over it, and several at a time.
      await Deno.remove(absolute);
      if (options.isDurable ?? true) await this.#directories.sync(parentOf(absolute));
      return true;
    } catch (error) {
      return absentAsNull(error, "remove", absolute) ?? false;
    }
  }

  async removeAll(path: StoragePath): Promise<boolean> {
    const absolute = this.#absolute(path);
    try {
      if (!this.#isInside(parentOf(absolute))) return false;
      await Deno.remove(absolute, { recursive: true });
      // What is remembered of directories below it does no harm: who writes there finds them missing.
      this.#inside.delete(absolute);
      return true;
    } catch (error) {
      return absentAsNull(error, "remove", absolute) ?? false;
    }
  }

  async prune(path: StoragePath, stop: StoragePath): Promise<void> {
    const end = this.#absolute(stop);
    const first = this.#absolute(path);
    for (let level = first; level.startsWith(`${end}/`); level = parentOf(level)) {
      try {
        if (!this.#isInside(parentOf(level))) return;
        // The first is empty as a rule, those above it seldom are.
        if (level !== first && this.#occupied.lose(level)) return;
        // Unlike `Deno.remove`, it removes nothing but directories, and so needs not look first.
        await rmdir(level);
        this.#inside.delete(level);
      } catch {
        // Not empty, or somebody else removed it or wrote into it: an empty directory more does no harm.
        return;
      }
    }
  }

  now(): number {
    return this.#clock.now();
  }

  lock(path: StoragePath): StorageLock {
    const absolute = this.#absolute(path);
    try {
      if (this.#isLink(absolute)) throw linkError(absolute);
      return this.#within(parentOf(absolute), () => new FilesystemLock(absolute));
    } catch (error) {
      throw toStorageError(error, "lock", absolute);
    }
  }

  /** Looks at what is at a path; `null` for a symbolic link, and for anything that leads out of the store. */
  #look(absolute: string): Deno.FileInfo | null {
    const info = Deno.lstatSync(absolute);
    return info.isSymlink || !this.#isInside(parentOf(absolute)) ? null : info;
  }

  #absolute(path: StoragePath): string {
    return `${this.#root}/${path}`;
  }

  async #stage(staged: string, content: Uint8Array, isDurable: boolean): Promise<void> {
    using file = this.#within(
      parentOf(staged),
      () => Deno.openSync(staged, { write: true, createNew: true }),
    );
    for (let offset = 0; offset < content.length;) {
      offset += file.writeSync(content.subarray(offset));
    }
    if (isDurable) await file.sync();
  }

  /** The time that the file system gives a file that is written now. */
  #probeTime(): number {
    const staged = `${this.#root}/${stagingDirectory}/${crypto.randomUUID()}`;
    try {
      return this.#within(parentOf(staged), () => {
        using file = Deno.openSync(staged, { write: true, createNew: true });
        return file.statSync().mtime?.getTime() ?? Date.now();
      });
    } finally {
      removeQuietly(staged);
    }
  }

  /** Moves a file to its place, making the directories above it; returns the directories whose entries changed. */
  #place(source: string, target: string): string[] {
    const directory = parentOf(target);
    return this.#within(directory, (made) => {
      Deno.renameSync(source, target);
      return [...made, directory];
    });
  }

  /**
   * Does something in a directory, which is made first where it is missing, and again where somebody removes it
   * at this very moment because it was empty. The action is told which directories' entries changed.
   */
  #within<T>(directory: string, action: (changed: string[]) => T): T {
    const changed: string[] = [];
    for (let triesLeft = DIRECTORY_TRIES_MAX;; triesLeft--) {
      try {
        if (!this.#inside.has(directory)) changed.push(...makeDirectories(directory));
        if (!this.#isInside(directory)) {
          throw new StorageError(
            "denied",
            `Cannot write to "${directory}": it leads out of the store`,
          );
        }
        return action(changed);
      } catch (error) {
        this.#inside.delete(directory);
        if (!(error instanceof Deno.errors.NotFound) || triesLeft === 0) throw error;
      }
    }
  }

  async #syncAll(directories: readonly string[]): Promise<void> {
    await Promise.all(directories.map((directory) => this.#directories.sync(directory)));
  }

  /** Whether a path is a symbolic link, or lies in a directory that leads out of the store. */
  #isLink(absolute: string): boolean {
    try {
      return !this.#isInside(parentOf(absolute)) || Deno.lstatSync(absolute).isSymlink;
    } catch (error) {
      if (isAbsent(error)) return false;
      throw error;
    }
  }

  /**
   * Whether a directory, with its symbolic links followed, lies in the store. Clients cannot make links, so a
   * directory that was found inside once is not looked at again.
   */
  #isInside(directory: string): boolean {
    if (directory === this.#root || this.#inside.has(directory)) return true;
    if (!this.#isPlainChild(directory)) {
      const real = Deno.realPathSync(directory);
      if (real !== this.#root && !real.startsWith(`${this.#root}/`)) return false;
    }
    this.#noteInside(directory);
    return true;
  }

  readonly #noteInside = (directory: string): void => {
    if (this.#inside.size >= this.#insideMax) this.#inside.clear();
    this.#inside.add(directory);
  };

  /** Whether a directory lies in the store because its parent does; one look, where resolving takes one for each level. */
  #isPlainChild(directory: string): boolean {
    return this.#isInside(parentOf(directory)) && Deno.lstatSync(directory).isDirectory;
  }
}

function stateOf({ ino, mtime, size }: Deno.FileInfo): FileState {
  return { inode: ino, modifiedMs: mtime?.getTime() ?? 0, size };
}

function removeQuietly(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // Already moved to its place, or never made; collection removes what is left in staging.
  }
}

function linkError(path: string): StorageError {
  return new StorageError("denied", `Cannot open "${path}": it leads out of the store`);
}

/** `null` for an error that says that there is no such file; anything else is thrown as a `StorageError`. */
function absentAsNull(error: unknown, action: string, path: string): null {
  if (isAbsent(error)) return null;
  throw toStorageError(error, action, path);
}
