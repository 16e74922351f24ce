/**
 * Prints settings as a configuration, each value with where it comes from.
 *
 * @module
 */

import { yamlScalar } from "../yaml.ts";
import { HIDDEN, withoutCredentials } from "../../registry/hidden.ts";
import type { Node, Section } from "./nodes.ts";
import type { ReadSettings } from "./read.ts";
import { TABLE } from "./table.ts";
import { keyPath } from "./written.ts";

const INDENT = "  ";

/**
 * The effective configuration as YAML, which is a configuration again unless something was hidden: passwords, keys and
 * headers read `***`. Left out is what is not set and has no default, and what is not set and not served.
 */
export function printSettings(read: ReadSettings): string {
  const printer = new Printer(read.sources);
  return [...printer.section(TABLE, read.settings, "", ""), ""].join("\n");
}

class Printer {
  constructor(readonly sources: ReadonlyMap<string, string>) {}

  section(node: Section, value: unknown, path: string, indent: string): readonly string[] {
    return Object.entries(node.children).flatMap(([key, child]) =>
      this.#node(child, memberOf(value, key), keyPath(path, key), indent, quoteKey(key))
    );
  }

  #node(
    node: Node,
    value: unknown,
    path: string,
    indent: string,
    key: string,
  ): readonly string[] {
    if (value === null || value === undefined) return [];
    if (node.stand !== undefined && !this.#isWritten(path)) return [];
    if (node.node === "row") {
      const shown = node.isSecret === true ? HIDDEN : written(value, node.kind.name);
      return [this.#line(`${indent}${key}: ${yamlScalar(shown)}`, path)];
    }
    const lines = this.#below(node, value, path, indent + INDENT);
    if (lines.length > 0) return [`${indent}${key}:`, ...lines];
    // An empty section says something where it can be missing.
    return node.node === "section" && node.isOptional ? [`${indent}${key}: {}`] : [];
  }

  #below(
    node: Exclude<Node, { node: "row" }>,
    value: unknown,
    path: string,
    indent: string,
  ): readonly string[] {
    if (node.node === "section") return this.section(node, value, path, indent);
    if (node.node === "list") {
      return items(value).flatMap((item, index) =>
        this.#item(node.items, item, `${path}[${index}]`, indent)
      );
    }
    return Object.entries(value ?? {}).flatMap(([key, entry]) =>
      node.isSecret === true
        ? [this.#line(`${indent}${quoteKey(key)}: ${yamlScalar(HIDDEN)}`, keyPath(path, key))]
        : this.#node(node.values, entry, keyPath(path, key), indent, quoteKey(key))
    );
  }

  /** The first line of an item takes the dash. */
  #item(node: Node, value: unknown, path: string, indent: string): readonly string[] {
    if (node.node === "row") {
      const shown = written(value, node.kind.name);
      return [this.#line(`${indent}- ${yamlScalar(shown)}`, path)];
    }
    const [first = `${indent}${INDENT}{}`, ...others] = this.#below(
      node,
      value,
      path,
      indent + INDENT,
    );
    return [`${indent}- ${first.slice(indent.length + INDENT.length)}`, ...others];
  }

  #isWritten(path: string): boolean {
    return [...this.sources.keys()].some((key) =>
      key === path || /^[.[]/.test(key.slice(path.length)) && key.startsWith(path)
    );
  }

  #line(text: string, path: string): string {
    return `${text} # ${this.sources.get(path) ?? "default"}`;
  }
}

/** As the kind would be written. */
function written(value: unknown, kind: string): unknown {
  if (kind === "duration" && typeof value === "number") return durationText(value);
  if (kind === "address") return addressText(value);
  if (typeof value === "string") return withoutCredentials(value);
  return value;
}

const UNITS: readonly (readonly [name: string, ms: number])[] = [
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
  ["ms", 1],
  ["ns", 1e-6],
];

function durationText(ms: number): string {
  const [name, unit] = UNITS.find(([, unit]) => Number.isInteger(ms / unit)) ?? ["ms", 1];
  return ms === 0 ? "0s" : `${ms / unit}${name}`;
}

function addressText(value: unknown): unknown {
  const [host, port, path] = ["host", "port", "path"].map((key) => memberOf(value, key));
  if (path !== undefined) return path;
  return `${String(host).includes(":") ? `[${host}]` : host}:${port}`;
}

function quoteKey(key: string): string {
  return /^[A-Za-z_][\w-]*$/.test(key) ? key : JSON.stringify(key);
}

function items(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function memberOf(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return (value as Readonly<Record<string, unknown>>)[key];
}
