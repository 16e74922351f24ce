/**
 * Distribution's configuration file.
 *
 * @module
 */

import { StorageError } from "../storage/errors.ts";
import { readYaml } from "./yaml.ts";

/** Where distribution keeps its data when the file does not say. */
const ROOT_FALLBACK = "/var/lib/registry";

/**
 * Reads where a configuration keeps the store. Throws a `StorageError` when the file cannot be read, or names a driver
 * other than `filesystem`.
 */
export function readConfigRoot(path: string): string {
  const storage = memberOf(readYaml(path, "configuration"), "storage");
  const filesystem = memberOf(storage, "filesystem");
  const driver = ["inmemory", "s3", "gcs", "azure"].find((name) =>
    memberOf(storage, name) !== undefined
  );
  if (driver !== undefined) {
    throw new StorageError(
      "invalid",
      `Cannot use "${path}": the storage driver "${driver}" is not supported; use filesystem`,
    );
  }
  const root = memberOf(filesystem, "rootdirectory") ?? ROOT_FALLBACK;
  if (typeof root === "string" && root !== "") return root;
  throw new StorageError(
    "invalid",
    `Cannot use "${path}": storage.filesystem.rootdirectory is no path`,
  );
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name] ?? {};
}
