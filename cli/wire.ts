/**
 * Puts the rooms together: which driver keeps the bytes, and what the registry is told of the settings.
 *
 * @module
 */

import type { RegistrySettings } from "../registry/context.ts";
import type { StorageDriver } from "../storage/driver.ts";
import { StorageError, toStorageError } from "../storage/errors.ts";
import { FilesystemDriver } from "../storage/filesystem.ts";
import type { Settings } from "./settings.ts";

/**
 * Opens the directory of the store, making it if it is missing. Throws a `StorageError` that says what to do when it
 * cannot be used.
 */
export function openDriver(root: string): StorageDriver {
  try {
    Deno.mkdirSync(root, { recursive: true });
    if (!Deno.statSync(root).isDirectory) throw new Deno.errors.NotADirectory();
    Deno.readDirSync(root)[Symbol.iterator]().next();
    return new FilesystemDriver(root);
  } catch (error) {
    throw openError(root, error);
  }
}

const REMEDIES: Readonly<Partial<Record<StorageError["kind"], string>>> = {
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
export function registrySettings(settings: Settings): RegistrySettings {
  return {
    isDeleteEnabled: settings.deleteEnabled,
    isReadOnly: settings.readOnly,
    catalogEntriesMax: settings.catalogEntriesMax,
    tagsEntriesMax: settings.tagsEntriesMax,
  };
}
