/**
 * The in-memory driver: a store that lives as long as the process, for tests and for trying berth out.
 *
 * @module
 */

import type {
  StorageDriver,
  StorageInfo,
  StorageListOptions,
  StorageLock,
  StoragePath,
  StorageSpan,
  StorageWriter,
} from "./driver.ts";
import { StorageError } from "./errors.ts";
import { MemoryDirectory, type MemoryNode } from "./memory_directory.ts";
import { MemoryFile, MemoryWriter } from "./memory_file.ts";
import { MemoryLock, MemoryLockQueue } from "./memory_lock.ts";

export interface MemoryDriverOptions {
  /** Gives `modifiedMs`, in milliseconds since 1970. The time of the host unless given. */
  readonly clock?: () => number;
}

/** Keeps the content in the memory of the process. Another driver of this class has other content. */
export class MemoryDriver implements StorageDriver {
  readonly name = "inmemory";
  readonly isShared = false;
  readonly #clock: () => number;
  readonly #root: MemoryDirectory;
  readonly #locks = new Map<StoragePath, MemoryLockQueue>();

  constructor(options: MemoryDriverOptions = {}) {
    this.#clock = options.clock ?? Date.now;
    this.#root = new MemoryDirectory(this.#clock());
  }

  get(path: StoragePath, sizeMax: number): Uint8Array<ArrayBuffer> | null {
    const file = this.#file(path);
    if (file === null) return null;
    if (file.size > sizeMax) {
      const reason = `it has ${file.size} bytes, and at most ${sizeMax} can be right`;
      throw new StorageError("corrupt", `Cannot read "${path}": ${reason}`);
    }
    return file.copy();
  }

  put(path: StoragePath, content: Uint8Array): void {
    const file = new MemoryFile(this.#clock());
    file.append(content);
    this.#place(file, path, "write");
  }

  stat(path: StoragePath): StorageInfo | null {
    const node = this.#node(path);
    if (node === null) return null;
    const { size, modifiedMs } = node;
    return node instanceof MemoryDirectory
      ? { size: 0, modifiedMs, isDirectory: true }
      : { size, modifiedMs, isDirectory: false };
  }

  read(path: StoragePath, span: StorageSpan): ReadableStream<Uint8Array<ArrayBuffer>> | null {
    return this.#file(path)?.stream(span, path) ?? null;
  }

  append(
    path: StoragePath,
    options: { readonly create?: boolean } = {},
  ): StorageWriter | null {
    let file = this.#file(path);
    if (file === null) {
      if (options.create !== true) return null;
      file = new MemoryFile(this.#clock());
      this.#place(file, path, "append to");
    }
    if (file.isOpen) {
      throw new StorageError("busy", `Cannot append to "${path}": another writer has it open`);
    }
    return new MemoryWriter(file, path, this.#clock);
  }

  move(from: StoragePath, to: StoragePath): boolean {
    const file = this.#file(from);
    if (file === null) return false;
    if (from === to) return true;
    this.#place(file, to, "move a file to");
    return this.#unlink(from);
  }

  touch(path: StoragePath): boolean {
    const file = this.#file(path);
    if (file === null) return false;
    file.modifiedMs = this.#clock();
    return true;
  }

  list(path: StoragePath, options: StorageListOptions = {}): readonly string[] {
    const node = this.#node(path);
    return node instanceof MemoryDirectory ? node.names(options) : [];
  }

  remove(path: StoragePath): boolean {
    return this.#file(path) !== null && this.#unlink(path);
  }

  removeAll(path: StoragePath): boolean {
    return this.#node(path) !== null && this.#unlink(path);
  }

  prune(path: StoragePath, stop: StoragePath): void {
    for (let at: string = path; at !== stop && at !== ""; at = splitPath(at).parent) {
      const node = this.#node(at);
      // What is absent was pruned before, perhaps not as far up as now.
      if (node === null) continue;
      if (node instanceof MemoryFile || node.size > 0) return;
      this.#unlink(at);
    }
  }

  lock(path: StoragePath): StorageLock {
    let queue = this.#locks.get(path);
    if (queue === undefined) {
      queue = new MemoryLockQueue(path);
      this.#locks.set(path, queue);
    }
    return new MemoryLock(queue);
  }

  #node(path: string): MemoryNode | null {
    let node: MemoryNode = this.#root;
    for (const name of namesOf(path)) {
      const child: MemoryNode | null = node instanceof MemoryDirectory ? node.get(name) : null;
      if (child === null) return null;
      node = child;
    }
    return node;
  }

  #file(path: StoragePath): MemoryFile | null {
    const node = this.#node(path);
    return node instanceof MemoryFile ? node : null;
  }

  /** Gives a path to a file, making the directories above it. */
  #place(file: MemoryFile, path: StoragePath, action: string): void {
    const { parent, name } = splitPath(path);
    const directory = this.#makeDirectory(parent, action);
    if (directory.get(name) instanceof MemoryDirectory) {
      throw new StorageError("invalid", `Cannot ${action} "${path}": it is a directory`);
    }
    directory.set(name, file);
  }

  #makeDirectory(path: string, action: string): MemoryDirectory {
    let directory = this.#root;
    for (const name of namesOf(path)) {
      const child = directory.get(name) ?? new MemoryDirectory(this.#clock());
      if (child instanceof MemoryFile) {
        const reason = `"${name}" is a file`;
        throw new StorageError("invalid", `Cannot ${action} a path below "${path}": ${reason}`);
      }
      directory.set(name, child);
      directory = child;
    }
    return directory;
  }

  #unlink(path: string): boolean {
    const { parent, name } = splitPath(path);
    const directory = this.#node(parent);
    return directory instanceof MemoryDirectory && directory.delete(name);
  }
}

function namesOf(path: string): readonly string[] {
  return path === "" ? [] : path.split("/");
}

function splitPath(path: string): { readonly parent: string; readonly name: string } {
  const slash = path.lastIndexOf("/");
  return { parent: path.slice(0, Math.max(0, slash)), name: path.slice(slash + 1) };
}
