/**
 * Files in YAML.
 *
 * @module
 */

import { parse } from "@std/yaml";
import { StorageError, toStorageError } from "../storage/errors.ts";

/** Reads a YAML file. Throws a `StorageError` that names `what` it was to be, and why it cannot be that. */
export function readYaml(path: string, what: string): unknown {
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (error) {
    throw toStorageError(error, `read ${what}`, path);
  }
  try {
    return parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StorageError("invalid", `Cannot parse ${what} "${path}": ${reason}`, {
      cause: error,
    });
  }
}
