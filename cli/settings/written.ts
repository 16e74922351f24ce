/**
 * A configuration as it was written, each part with the place where it stands.
 *
 * @module
 */

import { CONFIG_DEPTH_LEVELS_MAX } from "../../storage/limits.ts";
import { parseYaml } from "../yaml.ts";
import type { Scalar } from "./kinds.ts";

/** One value. */
export interface WrittenScalar extends Scalar {
  readonly node: "scalar";
  /** Where it stands, for messages: `config.yml:12`, `REGISTRY_HTTP_ADDR`, `--addr`. */
  readonly from: string;
}

export interface WrittenList {
  readonly node: "list";
  readonly items: readonly Written[];
  readonly from: string;
}

export interface WrittenMap {
  readonly node: "map";
  readonly entries: ReadonlyMap<string, Written>;
  readonly from: string;
}

export type Written = WrittenScalar | WrittenList | WrittenMap;

/** Parses YAML. Throws as the parser does, and a `RangeError` when it is nested without end. */
export function parseWritten(yaml: string, from: (path: string) => string | null): Written {
  // Once for what YAML takes the values for, and once for their letters: the password 0123 is not the number 83.
  const values = parseYaml(yaml, "default");
  return combine(values, parseYaml(yaml, "failsafe"), {
    path: "",
    depth: 0,
    from: "",
    place: from,
  });
}

interface Place {
  readonly path: string;
  readonly depth: number;
  /** Of what is around it. */
  readonly from: string;
  readonly place: (path: string) => string | null;
}

function combine(value: unknown, letters: unknown, around: Place): Written {
  const from = around.place(around.path) ?? around.from;
  if (around.depth > CONFIG_DEPTH_LEVELS_MAX) throw new RangeError("it is nested too deeply");
  const below = (part: string): Place => ({
    ...around,
    from,
    depth: around.depth + 1,
    path: `${around.path}${part}`,
  });
  if (Array.isArray(value)) {
    const items = value.map((item, index) =>
      combine(item, Array.isArray(letters) ? letters[index] : item, below(`[${index}]`))
    );
    return { node: "list", items, from };
  }
  if (isMap(value)) {
    const entries = Object.entries(value).map(([key, entry]) => {
      const own = isMap(letters) && Object.hasOwn(letters, key) ? letters[key] : entry;
      return [key, combine(entry, own, below(around.path === "" ? key : `.${key}`))] as const;
    });
    return { node: "map", entries: new Map(entries), from };
  }
  const text = typeof letters === "string" ? letters : value === null ? "" : String(value);
  return { node: "scalar", value, text, from };
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
    !(value instanceof Date);
}

/** The path of a key below another. */
export function keyPath(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}

/** Whether nothing stands there, as after `key:`. */
export function isEmpty(written: Written | undefined | null): written is undefined | null {
  return written === undefined || written === null ||
    (written.node === "scalar" && written.value === null);
}
