/**
 * What the table of settings is made of: rows, and sections, lists and maps of them. The type of the settings is read
 * off these.
 *
 * @module
 */

import type { Kind } from "./kinds.ts";

/** How berth stands to a setting that it does not serve as distribution does. */
export interface Stand {
  /**
   * `ignored`: nothing is lost without it. `later`: berth goes on without it, although something is lost. `refused`:
   * starting without it would not be what was asked for.
   */
  readonly kind: "ignored" | "later" | "refused";
  /** Says why, and what to do; ends a sentence. */
  readonly advice: string;
}

/** What rows, sections, lists and maps have in common. */
interface Common {
  readonly meaning: string;
  /** `null` for a setting that is served. */
  readonly stand?: Stand;
  /** The part of the variable's name, where distribution's differs from the key. */
  readonly variable?: string;
}

interface RowOptions extends Omit<Common, "meaning"> {
  /** The default when there is no configuration file. */
  readonly bare?: string;
  /** The default in words, where it depends on the machine. */
  readonly fallbackWords?: string;
  /** Whether the value is never shown. */
  readonly isSecret?: boolean;
  /** The flag of `berth serve`, without dashes. */
  readonly flag?: string;
  /** Stands for the value in usage lines; none for a switch. */
  readonly placeholder?: string;
}

/** One setting. */
export interface Row<T = unknown, F extends string | null = string | null> extends RowOptions {
  readonly meaning: string;
  readonly node: "row";
  readonly kind: Kind<T>;
  /** The default, as it would be written; `null` for none. */
  readonly fallback: F;
  readonly isRequired: boolean;
}

type Children = { readonly [key: string]: Node };

interface SectionOptions extends Omit<Common, "meaning"> {
  /** What the optional sections in it are, of which there can be one; a text stands for one without settings. */
  readonly variants?: string;
  /** Whether variables may name keys that the table does not have, as where distribution keeps a map. */
  readonly isOpen?: boolean;
  /** A part of variables' names that can be left out. */
  readonly inlined?: string;
}

/** Settings under one key. */
export interface Section<C extends Children = Children, O extends boolean = boolean>
  extends SectionOptions {
  readonly meaning: string;
  readonly node: "section";
  readonly children: C;
  /** Whether it is `null` when it is not written. */
  readonly isOptional: O;
}

/** A list of settings; empty by default. */
export interface List<N extends Node = Node> extends Common {
  readonly node: "list";
  readonly items: N;
  /** Whether a text stands for a list of it alone. */
  readonly isLoose?: boolean;
}

/** Settings under keys that the operator chooses; empty by default. */
export interface Dictionary<N extends Node = Node> extends Common {
  readonly node: "map";
  readonly values: N;
  /** Whether the values are never shown. */
  readonly isSecret?: boolean;
}

export type Node = Row | Section | List | Dictionary;

/** The type of the value of a node. */
export type ValueOf<N> = N extends Row<infer T, infer F> ? (F extends null ? T | null : T)
  : N extends Section<infer C, infer O>
    ? (O extends true ? SectionValue<C> | null : SectionValue<C>)
  : N extends List<infer I> ? readonly ValueOf<I>[]
  : N extends Dictionary<infer V> ? Readonly<Record<string, ValueOf<V>>>
  : never;

type SectionValue<C> = { readonly [K in keyof C]: ValueOf<C[K]> };

/** A setting with a default, or with `null` where it need not be set. */
export function row<T, const F extends string | null>(
  kind: Kind<T>,
  fallback: F,
  meaning: string,
  options: RowOptions = {},
): Row<T, F> {
  return { node: "row", kind, fallback, meaning, isRequired: false, ...options };
}

/** A setting that has to be written where its section is. */
export function required<T>(
  kind: Kind<T>,
  meaning: string,
  options: RowOptions = {},
): Row<T, string> {
  return { node: "row", kind, fallback: "", meaning, isRequired: true, ...options };
}

/** Settings under one key. */
export function section<const C extends Children>(
  meaning: string,
  children: C,
  options: SectionOptions = {},
): Section<C, false> {
  return { node: "section", meaning, children, isOptional: false, ...options };
}

/** Settings under one key that makes a difference by being there. */
export function optional<const C extends Children>(
  meaning: string,
  children: C,
  options: SectionOptions = {},
): Section<C, true> {
  return { node: "section", meaning, children, isOptional: true, ...options };
}

/** A list. */
export function list<N extends Node>(
  meaning: string,
  items: N,
  options: Omit<Common, "meaning"> & { readonly isLoose?: boolean } = {},
): List<N> {
  return { node: "list", meaning, items, ...options };
}

/** A map. */
export function map<N extends Node>(
  meaning: string,
  values: N,
  options: Omit<Common, "meaning"> & { readonly isSecret?: boolean } = {},
): Dictionary<N> {
  return { node: "map", meaning, values, ...options };
}

/** berth does not serve it, and need not. */
export function ignored(advice: string): { readonly stand: Stand } {
  return { stand: { kind: "ignored", advice } };
}

/** berth does not serve it yet, and can go on without it. */
export function later(advice: string): { readonly stand: Stand } {
  return { stand: { kind: "later", advice } };
}

/** berth does not serve it, and does not start when it is asked for. */
export function refused(advice: string): { readonly stand: Stand } {
  return { stand: { kind: "refused", advice } };
}

/** Whether a key of a section is one of those of which there can be one. */
export function isVariant(section: Section, key: string): boolean {
  const child = Object.hasOwn(section.children, key) ? section.children[key] : undefined;
  return section.variants !== undefined && child?.node === "section" && child.isOptional;
}
