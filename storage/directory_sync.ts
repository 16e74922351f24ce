/**
 * Makes names durable: the fsync of directories.
 *
 * @module
 */

/**
 * Syncs directories, one sync at a time for each, so that the commits that wait for the same directory share the
 * next sync of it: thirty layers pushed at once cost a few syncs of `_layers/sha256`, not thirty.
 */
export class DirectorySync {
  readonly #running = new Map<string, Promise<void>>();
  readonly #waiting = new Map<string, Promise<void>>();

  /** Resolves when everything that was in the directory at the time of the call is on disk. */
  sync(directory: string): Promise<void> {
    const running = this.#running.get(directory);
    if (running === undefined) return this.#start(directory);
    // The sync under way may have begun before our entry was made, so it is the next one that counts.
    let waiting = this.#waiting.get(directory);
    if (waiting === undefined) {
      waiting = running.catch(() => {}).then(() => {
        this.#waiting.delete(directory);
        return this.#start(directory);
      });
      this.#waiting.set(directory, waiting);
    }
    return waiting;
  }

  #start(directory: string): Promise<void> {
    const running = syncDirectory(directory).finally(() => {
      if (this.#running.get(directory) === running) this.#running.delete(directory);
    });
    this.#running.set(directory, running);
    return running;
  }
}

async function syncDirectory(directory: string): Promise<void> {
  // Windows opens no directories, and makes names durable by itself.
  if (Deno.build.os === "windows") return;
  using file = Deno.openSync(directory);
  await file.sync();
}

/**
 * Makes a directory and those above it that are missing. Returns the directories whose entries changed by that, for
 * the caller to sync.
 */
export function makeDirectories(directory: string): string[] {
  const changed: string[] = [];
  for (let level = directory;; level = parentOf(level)) {
    const outcome = makeDirectory(level);
    if (outcome === "exists") break;
    changed.push(parentOf(level));
    if (outcome === "made") break;
  }
  // The walk up ended at a level that is there now; what lies below it is missing still.
  if (changed.length > 1) Deno.mkdirSync(directory, { recursive: true });
  return changed;
}

function makeDirectory(directory: string): "made" | "exists" | "nowhere" {
  try {
    Deno.mkdirSync(directory);
    return "made";
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return "exists";
    if (error instanceof Deno.errors.NotFound) return "nowhere";
    throw error;
  }
}

/** The directory above a path that has one. */
export function parentOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash > 0 ? path.slice(0, slash) : "/";
}
