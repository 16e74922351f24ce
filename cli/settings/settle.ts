/**
 * Settles the value of every setting: what is written, else the default.
 *
 * @module
 */

import { nearest } from "../nearest.ts";
import {
  type Dictionary,
  isVariant,
  type List,
  type Node,
  type Row,
  type Section,
  type Stand,
} from "./nodes.ts";
import type { Remark } from "./problems.ts";
import { withoutCredentials } from "../../registry/hidden.ts";
import { isEmpty, keyPath, type Written, type WrittenMap } from "./written.ts";

/** What comes of settling. */
export interface Settlement {
  readonly value: unknown;
  readonly problems: readonly Remark[];
  /** What berth does not serve although it is written. */
  readonly notices: readonly Remark[];
  /** Where each value was written, by path; a path that is missing has its default. */
  readonly sources: ReadonlyMap<string, string>;
}

interface SettleOptions {
  /** Whether there is a file: without one, berth's own defaults hold. */
  readonly hasFile: boolean;
}

/** Settles a table. Problems are gathered, not thrown. */
export function settle(table: Section, written: WrittenMap, options: SettleOptions): Settlement {
  const settling = new Settling(table, options.hasFile);
  const value = settling.section(table, written, "", written.from);
  const { problems, notices, sources } = settling;
  return { value, problems, notices, sources };
}

class Settling {
  readonly problems: Remark[] = [];
  readonly notices: Remark[] = [];
  readonly sources = new Map<string, string>();
  readonly #keys: readonly string[];

  constructor(table: Section, readonly hasFile: boolean) {
    this.#keys = rowPaths(table, "");
  }

  #node(node: Node, written: Written | undefined, path: string, from: string): unknown {
    const value = this.#value(node, written, path, written?.from ?? from);
    if (node.stand !== undefined && !isEmpty(written)) {
      this.#judge(node, node.stand, value, written, path);
    }
    return value;
  }

  #value(node: Node, written: Written | undefined, path: string, from: string): unknown {
    if (node.node === "section") return this.section(node, written, path, from);
    if (node.node === "list") return this.#list(node, written, path);
    if (node.node === "map") return this.#map(node, written, path);
    return this.#row(node, written, path, from);
  }

  section(node: Section, written: Written | undefined, path: string, from: string): unknown {
    if (node.isOptional && written === undefined) return null;
    const entries = this.#entries(node, written, path);
    for (const [key, entry] of entries) {
      if (!Object.hasOwn(node.children, key)) this.#unknown(keyPath(path, key), entry, node);
    }
    if (node.variants !== undefined) this.#oneVariant(node, node.variants, entries, path);
    return Object.fromEntries(
      Object.entries(node.children).map(([key, child]) => [
        key,
        this.#node(child, entries.get(key), keyPath(path, key), from),
      ]),
    );
  }

  /** A text names a variant without settings: `storage: inmemory`. */
  #entries(
    node: Section,
    written: Written | undefined,
    path: string,
  ): ReadonlyMap<string, Written> {
    if (isEmpty(written)) return new Map();
    if (written.node === "map") return written.entries;
    if (written.node === "scalar" && node.variants !== undefined) {
      const { from } = written;
      return new Map([[written.text, { node: "map", entries: new Map(), from }]]);
    }
    this.#problem(written, path, "expected a section, with a key on each line below it");
    return new Map();
  }

  #oneVariant(
    node: Section,
    noun: string,
    entries: ReadonlyMap<string, Written>,
    path: string,
  ): void {
    const [first, ...others] = [...entries].filter(([key]) => isVariant(node, key));
    if (first === undefined) return;
    const what = `a second ${noun}, beside ${keyPath(path, first[0])} (${first[1].from}); keep one`;
    for (const [key, entry] of others) this.#problem(entry, keyPath(path, key), what);
  }

  #list(node: List, written: Written | undefined, path: string): readonly unknown[] {
    if (isEmpty(written)) return [];
    if (node.isLoose === true && written.node === "scalar") {
      return this.#list(node, { node: "list", items: [written], from: written.from }, path);
    }
    if (written.node !== "list") {
      this.#problem(written, path, "expected a list, with a dash before each item");
      return [];
    }
    this.sources.set(path, written.from);
    return written.items.map((item, index) =>
      this.#node(node.items, item, `${path}[${index}]`, written.from)
    );
  }

  #map(node: Dictionary, written: Written | undefined, path: string): unknown {
    if (isEmpty(written)) return {};
    if (written.node !== "map") {
      this.#problem(written, path, "expected a section, with a key on each line below it");
      return {};
    }
    this.sources.set(path, written.from);
    return Object.fromEntries(
      [...written.entries].map(([key, entry]) => [
        key,
        this.#node(node.values, entry, keyPath(path, key), written.from),
      ]),
    );
  }

  #row(node: Row, written: Written | undefined, path: string, from: string): unknown {
    if (node.kind.name === "any") {
      if (written !== undefined) this.sources.set(path, written.from);
      return plain(written);
    }
    if (isEmpty(written) || (written.node === "scalar" && written.text === "")) {
      if (node.isRequired && (path !== "version" || this.hasFile)) {
        this.problems.push({ from, path, what: `missing; expected ${node.kind.expected}` });
      }
      const fallback = this.hasFile ? node.fallback : node.bare ?? node.fallback;
      return fallback === null
        ? null
        : node.kind.parse({ value: asYaml(fallback), text: fallback });
    }
    this.sources.set(path, written.from);
    const value = written.node === "scalar" ? node.kind.parse(written) : null;
    if (value === null) {
      const shown = written.node !== "scalar"
        ? `a ${written.node === "map" ? "section" : "list"}`
        : node.isSecret === true
        ? "the value"
        : JSON.stringify(withoutCredentials(written.text));
      this.#problem(written, path, `cannot use ${shown}; expected ${node.kind.expected}`);
    }
    return value;
  }

  /** A part that is off, or says what is the case anyway, asks for nothing. */
  #judge(node: Node, stand: Stand, value: unknown, written: Written, path: string): void {
    if (isOff(written) || this.#asksNothing(node, value, written)) return;
    const remark = { from: written.from, path, what: `${STANDS[stand.kind]}; ${stand.advice}` };
    (stand.kind === "refused" ? this.problems : this.notices).push(remark);
  }

  #asksNothing(node: Node, value: unknown, written: Written): boolean {
    if (node.node === "section" && node.isOptional) return false;
    if (node.node === "list" && written.node === "list") return written.items.every(isOff);
    const silent = new Settling({ ...EMPTY }, this.hasFile);
    const fallback = silent.#value(node, undefined, "", "");
    return JSON.stringify(value) === JSON.stringify(fallback);
  }

  #unknown(path: string, written: Written, parent: Section): void {
    const key = path.slice(path.lastIndexOf(".") + 1);
    const siblings = Object.keys(parent.children);
    const sibling = nearest(key.toLowerCase(), siblings);
    const elsewhere = this.#keys.find((known) => known.endsWith(`.${key.toLowerCase()}`));
    const near = sibling === null
      ? elsewhere ?? null
      : keyPath(path.slice(0, Math.max(0, path.length - key.length - 1)), sibling);
    this.#problem(
      written,
      path,
      `unknown key${near === null ? "" : `; did you mean ${near}?`}`,
    );
  }

  #problem({ from }: Written, path: string, what: string): void {
    this.problems.push({ from, path, what });
  }
}

const EMPTY: Section = { node: "section", meaning: "", children: {}, isOptional: false };

const STANDS: Readonly<Record<Stand["kind"], string>> = {
  ignored: "not needed",
  later: "not served yet",
  refused: "not served",
};

function isOff(written: Written): boolean {
  if (written.node !== "map") return false;
  const says = (key: string, text: string): boolean => {
    const entry = written.entries.get(key);
    return entry?.node === "scalar" && entry.text.toLowerCase() === text;
  };
  return says("disabled", "true") || says("enabled", "false");
}

/** Defaults are written as in YAML. */
function asYaml(text: string): unknown {
  return text === "true" ? true : text === "false" ? false : text;
}

/** What is written, without its places. */
export function plain(written: Written | undefined): unknown {
  if (written === undefined) return null;
  if (written.node === "scalar") return written.value;
  if (written.node === "list") return written.items.map(plain);
  return Object.fromEntries([...written.entries].map(([key, entry]) => [key, plain(entry)]));
}

function rowPaths(node: Section, path: string): readonly string[] {
  return Object.entries(node.children).flatMap(([key, child]) =>
    child.node === "section" ? rowPaths(child, keyPath(path, key)) : [keyPath(path, key)]
  );
}
