/**
 * Puts the rooms together: which driver keeps the bytes, and what the registry is told of the settings.
 *
 * @module
 */

import type { CollectOptions } from "../gc/collect.ts";
import type { RegistrySettings } from "../registry/context.ts";
import { immutableTags } from "../registry/immutable_tags.ts";
import { ManifestRules } from "../registry/manifest_rules.ts";
import type { StorageDriver } from "../storage/driver.ts";
import { StorageError, toStorageError } from "../storage/errors.ts";
import { FilesystemDriver, type FilesystemOptions } from "../storage/filesystem.ts";
import { storeRoot } from "../storage/layout.ts";
import { CLIENT_BURST_SECONDS, GC_UPLOAD_AGE_MS, TIMER_MS_MAX } from "../storage/limits.ts";
import { MemoryDriver } from "../storage/memory.ts";
import type { Address } from "./address.ts";
import { urlOptions } from "./auth_options.ts";
import { ClientLimits } from "./client_limits.ts";
import type { ReadOnlySwitch } from "./read_only.ts";
import type { ServerState } from "./server_state.ts";
import type { Settings } from "./settings/table.ts";

/** Opens what the settings keep the bytes in. Throws a `StorageError` that says what to do when it cannot be used. */
export function openConfiguredDriver(
  settings: Settings,
  options: FilesystemOptions = {},
): StorageDriver {
  const { filesystem } = settings.storage;
  return filesystem === null ? new MemoryDriver() : openDriver(filesystem.rootdirectory, options);
}

/** For those who walk a whole store once. */
export const WALKED: FilesystemOptions = { isWalk: true };

/** For those who answer requests: what they read is sent before they read on. */
export const SERVED: FilesystemOptions = { reclaimsPieces: true };

/** Where the server listens. Throws a `StorageError` when the settings do not say. */
export function listenAddress({ http }: Settings): Address {
  if (http.addr !== null) return http.addr;
  throw new StorageError("invalid", "Cannot listen: http.addr is not set; pass --addr");
}

/**
 * Opens the directory of the store, making it if it is missing. Throws a `StorageError` that says what to do when it
 * cannot be used.
 */
export function openDriver(root: string, options: FilesystemOptions = {}): StorageDriver {
  try {
    Deno.mkdirSync(root, { recursive: true });
    if (!Deno.statSync(root).isDirectory) throw new Deno.errors.NotADirectory();
    Deno.readDirSync(root)[Symbol.iterator]().next();
    return new FilesystemDriver(root, options);
  } catch (error) {
    throw openError(root, error);
  }
}

/**
 * Opens the directory of a store that is there, for commands that must not make one: it holds `docker/registry/v2`, or
 * nothing at all yet. Throws a `StorageError` that says what to do otherwise.
 */
export function openExistingDriver(root: string): StorageDriver {
  return openDirectory(
    root,
    "open store",
    (driver) => [...Deno.readDirSync(root)].length === 0 || holdsStore(driver),
  );
}

/**
 * Opens the directory of a store to look at it: it has to hold `docker/registry/v2`. Throws a `StorageError` that says
 * what to do otherwise.
 */
export function openInspectedDriver(root: string): StorageDriver {
  return openDirectory(root, "inspect", holdsStore);
}

function openDirectory(
  root: string,
  action: string,
  isStore: (driver: FilesystemDriver) => boolean,
): StorageDriver {
  try {
    const driver = new FilesystemDriver(root, WALKED);
    if (isStore(driver)) return driver;
  } catch (error) {
    throw openError(root, error);
  }
  throw new StorageError(
    "invalid",
    `Cannot ${action} "${root}": not a store, it has no ${storeRoot}; ` +
      "pass the directory that the server keeps its data in with --root",
  );
}

function holdsStore(driver: FilesystemDriver): boolean {
  return driver.stat(storeRoot)?.isDirectory === true;
}

const REMEDIES: Readonly<Partial<Record<StorageError["kind"], string>>> = {
  absent: "pass an existing directory with --root",
  denied: "run as the owner or pass --root",
  full: "make room or pass --root",
  invalid: "pass a directory with --root",
  "read-only": "pass an existing store or a writable directory with --root",
};

function openError(root: string, error: unknown): StorageError {
  // A path whose last element is a file fails as "already exists", one below a file as "not a directory".
  const isFile = error instanceof Deno.errors.AlreadyExists ||
    error instanceof Deno.errors.NotADirectory;
  const { kind, message } = isFile
    ? new StorageError("invalid", `Cannot open store "${root}": not a directory`)
    : toStorageError(error, "open store", root);
  const remedy = REMEDIES[kind];
  return new StorageError(kind, remedy === undefined ? message : `${message}; ${remedy}`, {
    cause: error,
  });
}

/** What the registry needs of the settings. */
export function registrySettings(
  settings: Settings,
  { readOnly, state }: { readonly readOnly: ReadOnlySwitch; readonly state: ServerState },
): RegistrySettings {
  return {
    isDeleteEnabled: settings.storage.delete.enabled,
    get isReadOnly(): boolean {
      return readOnly.isOn;
    },
    get unready(): string | null {
      return state.unready;
    },
    catalogEntriesMax: settings.catalog.maxentries,
    tagsEntriesMax: settings.tags.maxtags,
    manifestRules: manifestRules(settings),
    bodyIdleMs: Math.min(settings.http.idletimeout, TIMER_MS_MAX),
    urls: urlOptions(settings),
    ...settings.tags.immutable.length === 0
      ? {}
      : { isTagImmutable: immutableTags(settings.tags.immutable) },
  };
}

/** Without `validation` the policy of repositories holds all the same. */
function manifestRules({ validation, policy }: Settings): ManifestRules {
  const { classes } = policy.repository;
  if (validation.disabled) return new ManifestRules({ urls: null, platforms: "all", classes });
  const { urls, indexes } = validation.manifests;
  const platforms = indexes.platforms === "list" ? indexes.platformlist : indexes.platforms;
  return new ManifestRules({ urls, platforms, classes });
}

/** The limits of clients, over a table that is there already or a new one; `null` when there are none. */
export function clientLimits(
  { limits: { requests, uploads } }: Settings,
  buffer?: SharedArrayBuffer,
): ClientLimits | null {
  const { persecond, burst } = requests;
  if (persecond === 0 && uploads.perclient === null) return null;
  return new ClientLimits({
    requestsPerSecond: persecond,
    requestsBurst: burst ?? Math.max(1, Math.ceil(persecond * CLIENT_BURST_SECONDS)),
    uploadsMax: uploads.perclient,
  }, buffer);
}

/** How the server collects by itself: by the same plan as `berth gc`, leaving if another collection is under way. */
export function collectOptions(settings: Settings): CollectOptions {
  return {
    isDryRun: false,
    isPatient: false,
    deleteUntagged: settings.gc.deleteuntagged,
    minAgeMs: settings.gc.minage,
    uploadAgeMs: GC_UPLOAD_AGE_MS,
    isInScope: () => true,
    retention: () => null,
    nowMs: () => performance.now(),
  };
}
