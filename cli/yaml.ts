/**
 * Files in YAML.
 *
 * @module
 */

import { parse, stringify } from "@std/yaml";
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

/** Parses YAML; the schema `failsafe` makes every value a text. Throws a `SyntaxError` that says where. */
export function parseYaml(text: string, schema: "default" | "failsafe"): unknown {
  return parse(text, { schema });
}

/** A value as YAML, on one line: texts in quotes where they need some, everything else as JSON, which is YAML. */
export function yamlScalar(value: unknown): string {
  return typeof value === "string" && !value.includes("\n")
    ? stringify(value, { lineWidth: -1 }).trimEnd()
    : JSON.stringify(value);
}
