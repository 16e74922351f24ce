/**
 * Which names the layout knows, level by level: the tree drawn in `layout.ts`, for those who look at what is on disk.
 *
 * @module
 */

import { DIGEST_ALGORITHMS, isDigestAlgorithm } from "./digest.ts";
import type { StorageDriver, StorageInfo, StoragePath } from "./driver.ts";
import { below, digestFromNames, eventSegmentFromName, storeRoot, tagFromName } from "./layout.ts";
import { LIST_SLICE_ENTRIES } from "./limits.ts";
import { giveTurn } from "./listing.ts";
import { endpointNameOf, isRepositoryComponent, parseUploadId } from "./names.ts";

/** What may stand at a place of the layout. */
export interface LayoutLevel {
  readonly isDirectory: boolean;
  /** Whether there is one for each digest, tag or upload, so that an overview sums them up. */
  readonly isOneOfMany: boolean;
  /** What may stand below it under this name; `null` when the layout knows no such name. */
  readonly child: (name: string) => LayoutLevel | null;
}

const FILE: LayoutLevel = { isDirectory: false, isOneOfMany: true, child: () => null };

const HEX_SHARD_REGEXP = /^[0-9a-f]{2}$/;

/** A directory whose entries have fixed names, or names of one form. */
function directory(
  names: Readonly<Record<string, LayoutLevel>>,
  others: LayoutLevel["child"] = () => null,
): LayoutLevel {
  return {
    isDirectory: true,
    isOneOfMany: false,
    child: (name) => Object.hasOwn(names, name) ? names[name] ?? null : others(name),
  };
}

function oneOfMany(level: LayoutLevel): LayoutLevel {
  return { ...level, isOneOfMany: true };
}

/** A directory of digests: one level for the algorithms, one for their hex. */
function digests(entry: LayoutLevel): LayoutLevel {
  const level = (algorithm: string): LayoutLevel =>
    oneOfMany(
      directory({}, (hex) => digestFromNames(algorithm, hex) === null ? null : oneOfMany(entry)),
    );
  const algorithms = Object.keys(DIGEST_ALGORITHMS).map((name) => [name, level(name)] as const);
  return directory(Object.fromEntries(algorithms));
}

function blobsOfAlgorithm(algorithm: string): LayoutLevel | null {
  if (!isDigestAlgorithm(algorithm)) return null;
  const blob = oneOfMany(directory({ data: FILE }));
  return directory(
    {},
    (shard) =>
      HEX_SHARD_REGEXP.test(shard)
        ? oneOfMany(
          directory(
            {},
            (hex) =>
              hex.startsWith(shard) && digestFromNames(algorithm, hex) !== null ? blob : null,
          ),
        )
        : null,
  );
}

const LINKED = directory({ link: FILE });
const FILES = directory({}, () => FILE);

const TAG = directory({ current: oneOfMany(LINKED), index: oneOfMany(digests(LINKED)) });

const UPLOAD = directory({
  data: FILE,
  startedat: FILE,
  // Distribution keeps the running hash here, by algorithm and offset.
  hashstates: oneOfMany(directory({}, () => oneOfMany(FILES))),
});

/** What may stand in the directory of a repository, further repositories among it. */
export const REPOSITORY_LEVEL: LayoutLevel = directory({
  _layers: digests(LINKED),
  _manifests: directory({
    revisions: digests(LINKED),
    tags: directory({}, (name) => tagFromName(name) === null ? null : oneOfMany(TAG)),
  }),
  _referrers: directory({ indexed: FILE }, referrersChild),
  _uploads: directory({}, (name) => parseUploadId(name) === null ? null : oneOfMany(UPLOAD)),
}, repositoryChild);

function repositoryChild(name: string): LayoutLevel | null {
  return isRepositoryComponent(name) ? REPOSITORY_LEVEL : null;
}

function referrersChild(name: string): LayoutLevel | null {
  const subjects = digests(oneOfMany(digests(LINKED))).child(name);
  return subjects === null ? null : oneOfMany(subjects);
}

const LOCKS = directory({ gate: FILE, turnstile: FILE, collector: FILE });

const EVENTS = directory({
  lock: FILE,
  log: directory({}, (name) => eventSegmentFromName(name) === null ? null : FILE),
  endpoints: directory(
    {},
    (id) => endpointNameOf(id) === null ? null : directory({ lock: FILE, position: FILE }),
  ),
});

/** What may stand in the root of a store. */
export const STORE_LEVEL: LayoutLevel = directory({
  blobs: directory({}, blobsOfAlgorithm),
  repositories: directory({}, repositoryChild),
  _gate: LOCKS,
  _staging: FILES,
  _quarantine: directory({}, (algorithm) => isDigestAlgorithm(algorithm) ? FILES : null),
  _events: EVENTS,
});

/** Something in the directory of a store. */
export interface LayoutEntry {
  readonly path: StoragePath;
  /** `null` for a name that the layout does not know, or a file where it wants a directory, or the other way round. */
  readonly level: LayoutLevel | null;
  /** `null` for what the store does not follow: a symbolic link. */
  readonly info: StorageInfo | null;
}

/** A directory whose entries are not all seen yet. */
interface OpenDirectory {
  readonly path: StoragePath;
  readonly level: LayoutLevel;
  readonly names: Iterator<string>;
}

/** Where a walk begins, and what it passes over. */
export interface WalkOptions {
  readonly path?: StoragePath;
  /** What may stand at `path`. */
  readonly level?: LayoutLevel;
  /** Whether files are passed over that have the name of one which the layout knows; false if not said. */
  readonly skipKnownFiles?: boolean;
}

/** Everything below the root of a store, each directory before what is in it. What is foreign is not entered. */
export async function* walkLayout(
  driver: StorageDriver,
  { path = storeRoot, level = STORE_LEVEL, skipKnownFiles = false }: WalkOptions = {},
): AsyncGenerator<LayoutEntry> {
  // A stack in place of recursion: every entry would pass through a generator for each level above it.
  const open: OpenDirectory[] = [];
  const enter = async (path: StoragePath, level: LayoutLevel): Promise<void> => {
    const names = await driver.list(path);
    open.push({ path, level, names: names.values() });
  };
  await enter(path, level);
  for (let seen = 1; open.length > 0; seen++) {
    if (seen % LIST_SLICE_ENTRIES === 0) await giveTurn(driver);
    const current = open.at(-1);
    const next = current?.names.next();
    if (current === undefined || next === undefined || next.done === true) {
      open.pop();
      continue;
    }
    const entry = below(current.path, next.value);
    const known = current.level.child(next.value);
    if (skipKnownFiles && known?.isDirectory === false) continue;
    const info = await driver.stat(entry);
    // What is gone by now was removed by a running server; a link is still listed.
    if (info === null && !(await driver.list(current.path)).includes(next.value)) continue;
    const fits = known !== null && info !== null && known.isDirectory === info.isDirectory;
    yield { path: entry, level: fits ? known : null, info };
    if (fits && info.isDirectory) await enter(entry, known);
  }
}
