/**
 * Distribution's configuration file.
 *
 * @module
 */

import { parse } from "@std/yaml";
import { StorageError, toStorageError } from "../storage/errors.ts";

/** Where distribution keeps its data when the file does not say. */
const ROOT_FALLBACK = "/var/lib/registry";

/**
 * Reads where a configuration keeps the store. Throws a `StorageError` when the file cannot be read, or names a driver
 * other than `filesystem`.
 */
export function readConfigRoot(path: string): string {
  const storage = memberOf(readYaml(path), "storage");
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

function readYaml(path: string): unknown {
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (error) {
    throw toStorageError(error, "read configuration", path);
  }
  try {
    return parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StorageError("invalid", `Cannot parse configuration "${path}": ${reason}`);
  }
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name] ?? {};
}
