/**
 * A driver whose every operation waits for its turn, so that a test decides who comes when.
 *
 * @module
 */

import type {
  StorageDriver,
  StorageInfo,
  StorageListOptions,
  StorageLock,
  StorageLockMode,
  StoragePath,
  StorageSpan,
  StorageWriter,
} from "../../storage/driver.ts";
import type { MemoryDriver } from "../../storage/memory.ts";
import type { Step } from "./scheduler.ts";

/** Which actors used a path: by reading it, or at all by writing it. */
type Uses = Map<string, Set<string>>;

/**
 * Which actors read and wrote what, over many runs. A directory is read by listing it, and written when an entry comes
 * or goes.
 */
export class Conflicts {
  readonly #readers: Uses = new Map();
  readonly #writers: Uses = new Map();
  #shared: ReadonlySet<string> = new Set();

  note(actor: string, reads: readonly string[], writes: readonly string[]): void {
    for (const path of reads) addTo(this.#readers, path, actor);
    for (const path of writes) addTo(this.#writers, path, actor);
  }

  /** Whether no other actor was known, at the last {@linkcode learn}, to mind what happens to these paths. */
  isPrivate(paths: readonly string[]): boolean {
    return !paths.some((path) => this.#shared.has(path));
  }

  /** Goes by what was noted until now; false when that brings nothing new. */
  learn(): boolean {
    const shared = new Set<string>();
    for (const [path, writers] of this.#writers) {
      const users = new Set([...writers, ...this.#readers.get(path) ?? []]);
      if (users.size > 1) shared.add(path);
    }
    const isNew = shared.size > this.#shared.size;
    this.#shared = shared;
    return isNew;
  }
}

function addTo(uses: Uses, path: string, actor: string): void {
  const actors = uses.get(path);
  if (actors === undefined) uses.set(path, new Set([actor]));
  else actors.add(actor);
}

/** Who holds the locks of a store. As with `flock`, whoever asks first when one is free gets it. */
export class LockTable {
  readonly #holders = new Map<StoragePath, Map<SteppedLock, StorageLockMode>>();

  canHold(path: StoragePath, mode: StorageLockMode): boolean {
    const modes = [...this.#holders.get(path)?.values() ?? []];
    return modes.length === 0 || mode === "shared" && modes.every((held) => held === "shared");
  }

  hold(path: StoragePath, lock: SteppedLock, mode: StorageLockMode): void {
    const holders = this.#holders.get(path) ?? new Map<SteppedLock, StorageLockMode>();
    this.#holders.set(path, holders.set(lock, mode));
  }

  release(path: StoragePath, lock: SteppedLock): void {
    this.#holders.get(path)?.delete(lock);
  }
}

/** What all actors of a run share. */
export interface SteppedWorld {
  readonly memory: MemoryDriver;
  readonly locks: LockTable;
  readonly conflicts: Conflicts;
  /** Called after each step. */
  readonly tick: () => void;
}

/** One actor's way to the store. */
export class SteppedDriver implements StorageDriver {
  readonly name = "inmemory";
  readonly isShared = true;
  readonly #world: SteppedWorld;
  readonly #actor: string;
  readonly #turn: (step: Step) => Promise<void>;

  constructor(world: SteppedWorld, actor: string, turn: (step: Step) => Promise<void>) {
    this.#world = world;
    this.#actor = actor;
    this.#turn = turn;
  }

  async get(path: StoragePath, sizeMax: number): Promise<Uint8Array<ArrayBuffer> | null> {
    return await this.#step("get", path, [path], [], (memory) => memory.get(path, sizeMax));
  }

  async put(path: StoragePath, content: Uint8Array): Promise<void> {
    await this.#step("put", path, [], this.#placing(path), (memory) => memory.put(path, content));
  }

  async stat(path: StoragePath): Promise<StorageInfo | null> {
    return await this.#step("stat", path, [path], [], (memory) => memory.stat(path));
  }

  async read(
    path: StoragePath,
    span: StorageSpan,
  ): Promise<ReadableStream<Uint8Array<ArrayBuffer>> | null> {
    return await this.#step("read", path, [path], [], (memory) => memory.read(path, span));
  }

  async append(
    path: StoragePath,
    options?: { readonly create?: boolean },
  ): Promise<StorageWriter | null> {
    const writes = this.#placing(path);
    return await this.#step("append", path, [], writes, (memory) => memory.append(path, options));
  }

  async move(from: StoragePath, to: StoragePath): Promise<boolean> {
    const writes = [from, parentOf(from), ...this.#placing(to)];
    return await this.#step("move", to, [], writes, (memory) => memory.move(from, to));
  }

  async touch(path: StoragePath): Promise<boolean> {
    return await this.#step("touch", path, [], [path], (memory) => memory.touch(path));
  }

  now(): number {
    return this.#world.memory.now();
  }

  async list(path: StoragePath, options?: StorageListOptions): Promise<readonly string[]> {
    return await this.#step("list", path, [path], [], (memory) => memory.list(path, options));
  }

  async remove(path: StoragePath): Promise<boolean> {
    const writes = [path, parentOf(path)];
    return await this.#step("remove", path, [], writes, (memory) => memory.remove(path));
  }

  async removeAll(path: StoragePath): Promise<boolean> {
    const writes = [...this.#below(path), path, parentOf(path)];
    return await this.#step("removeAll", path, [], writes, (memory) => memory.removeAll(path));
  }

  async prune(path: StoragePath, stop: StoragePath): Promise<void> {
    const levels: string[] = [];
    for (let level: string = path; level.length >= stop.length; level = parentOf(level)) {
      levels.push(level);
    }
    await this.#step("prune", path, levels, levels, (memory) => memory.prune(path, stop));
  }

  lock(path: StoragePath): StorageLock {
    const { locks } = this.#world;
    return new SteppedLock(
      locks,
      path,
      (lock, mode) =>
        this.#step("lock", path, [], [], () => locks.hold(path, lock, mode), {
          isPossible: () => locks.canHold(path, mode),
          isPrivate: false,
        }),
    );
  }

  async #step<T>(
    operation: string,
    path: string,
    reads: readonly string[],
    writes: readonly string[],
    act: (memory: MemoryDriver) => T,
    changes: Partial<Step> = {},
  ): Promise<T> {
    const { memory, conflicts, tick } = this.#world;
    const [read, written] = [reads.map(anonymous), writes.map(anonymous)];
    conflicts.note(this.#actor, read, written);
    const isPrivate = conflicts.isPrivate([...read, ...written]);
    await this.#turn({ operation, path, isPossible: () => true, isPrivate, ...changes });
    const result = act(memory);
    tick();
    return result;
  }

  /** What changes when a file appears: the file, the directories that are made for it, and the one above those. */
  #placing(path: StoragePath): readonly string[] {
    const changed: string[] = [path];
    for (let level = parentOf(path); level !== ""; level = parentOf(level)) {
      changed.push(level);
      if (this.#world.memory.stat(level as StoragePath) !== null) break;
    }
    return changed;
  }

  #below(path: StoragePath): readonly string[] {
    const { memory } = this.#world;
    return memory.list(path).flatMap((name) => {
      const child = `${path}/${name}` as StoragePath;
      return [child, ...this.#below(child)];
    });
  }
}

/** A lock of one actor. */
class SteppedLock implements StorageLock {
  readonly #locks: LockTable;
  readonly #path: StoragePath;
  readonly #wait: (lock: SteppedLock, mode: StorageLockMode) => Promise<void>;

  constructor(
    locks: LockTable,
    path: StoragePath,
    wait: (lock: SteppedLock, mode: StorageLockMode) => Promise<void>,
  ) {
    this.#locks = locks;
    this.#path = path;
    this.#wait = wait;
  }

  async acquire(mode: StorageLockMode): Promise<boolean> {
    await this.#wait(this, mode);
    return true;
  }

  tryAcquire(mode: StorageLockMode): boolean {
    const canHold = this.#locks.canHold(this.#path, mode);
    if (canHold) this.#locks.hold(this.#path, this, mode);
    return canHold;
  }

  release(): void {
    this.#locks.release(this.#path, this);
  }

  close(): void {
    this.release();
  }
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

/** Uploads have other names on every run. */
function anonymous(path: string): string {
  return path.replace(/(_uploads\/)[^/]+/, "$1<id>");
}
