/**
 * Variables that override a configuration, by the rules of distribution (`configuration/parser.go`).
 *
 * @module
 */

import { nearest } from "../nearest.ts";
import type { Node, Section } from "./nodes.ts";
import type { Remark } from "./problems.ts";
import { isEmpty, parseWritten, type Written, type WrittenMap } from "./written.ts";

const PREFIX = "REGISTRY_";

/** The variable that names the configuration file. */
export const CONFIGURATION_VARIABLE = "REGISTRY_CONFIGURATION_PATH";

/** What comes of applying variables. */
export interface Overridden {
  readonly written: WrittenMap;
  readonly problems: readonly Remark[];
  /** Variables that were left out. */
  readonly notices: readonly Remark[];
}

/**
 * Applies every `REGISTRY_*` variable in the order of their names, so that `REGISTRY_STORAGE` comes before
 * `REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY`. Values are YAML. Variables that name no setting are left out: container
 * platforms set some of their own, such as `REGISTRY_PORT`.
 */
export function applyEnvironment(
  table: Section,
  written: WrittenMap,
  environment: Readonly<Record<string, string>>,
): Overridden {
  const problems: Remark[] = [];
  const notices: Remark[] = [];
  let root: Written = written;
  for (const name of Object.keys(environment).toSorted()) {
    if (!name.startsWith(PREFIX) || name === CONFIGURATION_VARIABLE) continue;
    try {
      root = new Overriding(name, environment[name] ?? "", table).apply(root);
    } catch (error) {
      if (error instanceof LeftOut) notices.push({ from: name, path: "", what: error.message });
      else if (error instanceof SyntaxError || error instanceof RangeError) {
        problems.push({ from: name, path: "", what: firstLine(error.message) });
      } else throw error;
    }
  }
  return { written: root.node === "map" ? root : written, problems, notices };
}

/** A variable that distribution passes over too. */
class LeftOut extends Error {
  override readonly name = "LeftOut";
}

class Overriding {
  constructor(readonly name: string, readonly payload: string, readonly table: Section) {}

  apply(root: Written): Written {
    const segments = this.name.slice(PREFIX.length).split("_");
    if (segments[0] === "VERSION") {
      // Distribution checks the version of the file before it looks at variables.
      if (this.payload !== "0.1") {
        throw new LeftOut("left out, as the version cannot be overridden");
      }
      return root;
    }
    return this.#below(this.table, root, segments);
  }

  /** What stands at a place after the override. */
  #at(node: Node | null, written: Written | undefined, segments: readonly string[]): Written {
    if (segments.length === 0) return parseWritten(this.payload, () => this.name);
    if (node?.node === "list" || (node === null && written?.node === "list")) {
      return this.#item(node?.node === "list" ? node.items : null, written, segments);
    }
    return this.#below(node, written, segments);
  }

  #below(node: Node | null, written: Written | undefined, segments: readonly string[]): Written {
    const [segment = "", ...rest] = segments;
    const map = this.#asMap(node, written);
    if (map === null) throw new LeftOut("left out, as it names something below a single value");
    if (node?.node === "section" && node.inlined === segment && rest.length > 0) {
      return this.#below(node, written, rest);
    }
    const key = this.#key(node, map, segment, rest.length);
    if (key === null) throw new LeftOut(`left out, as it names no setting${this.#hint()}`);
    const below = this.#at(childOf(node, key), map.entries.get(key), rest);
    return { ...map, entries: new Map([...map.entries, [key, below]]) };
  }

  #item(items: Node | null, written: Written | undefined, segments: readonly string[]): Written {
    const [segment = "", ...rest] = segments;
    const list = written?.node === "list" ? written.items : [];
    const index = /^\d+$/.test(segment) ? Number(segment) : null;
    if (index === null) throw new RangeError(`"${segment}" is no index of a list`);
    if (index > list.length) {
      throw new RangeError(`undefined index ${index}: the list has ${list.length} items before it`);
    }
    const item = this.#at(items, list[index], rest);
    return { node: "list", items: list.toSpliced(index, 1, item), from: this.name };
  }

  /** `null` where there can be none. */
  #asMap(node: Node | null, written: Written | undefined): WrittenMap | null {
    if (written?.node === "map") return written;
    const isPlace = node === null || node.node === "section" || node.node === "map";
    if (isPlace && isEmpty(written)) return { node: "map", entries: new Map(), from: this.name };
    if (written?.node === "scalar" && node?.node === "section" && node.variants !== undefined) {
      const { from } = written;
      const none: WrittenMap = { node: "map", entries: new Map(), from };
      return { node: "map", entries: new Map([[written.text, none]]), from };
    }
    return null;
  }

  /** `null` when distribution leaves such a variable out. */
  #key(node: Node | null, map: WrittenMap, segment: string, depth: number): string | null {
    if (node?.node === "section" && node.isOpen !== true) {
      return Object.keys(node.children).find((key) => segmentOf(node, key) === segment) ?? null;
    }
    if (depth > 0) {
      const existing = [...map.entries.keys()].find((key) => key.toUpperCase() === segment);
      if (existing !== undefined) return existing;
    }
    return segment.toLowerCase();
  }

  #hint(): string {
    const near = nearest(this.name.slice(PREFIX.length), variableNames(this.table, ""));
    return near === null ? "" : `; did you mean ${PREFIX}${near}?`;
  }
}

function childOf(node: Node | null, key: string): Node | null {
  if (node?.node === "map") return node.values;
  if (node?.node !== "section" || !Object.hasOwn(node.children, key)) return null;
  return node.children[key] ?? null;
}

/** The part of variables' names that stands for a key. */
export function segmentOf(section: Section, key: string): string {
  return section.children[key]?.variable ?? key.toUpperCase();
}

/** The variables of all settings that are not below a list or a map. */
export function variableNames(section: Section, above: string): readonly string[] {
  return Object.entries(section.children).flatMap(([key, child]) => {
    const name = `${above}${segmentOf(section, key)}`;
    return child.node === "section" ? [name, ...variableNames(child, `${name}_`)] : [name];
  });
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}
