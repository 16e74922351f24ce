/**
 * Lists of digests, one file a line: berth's own form, GNU's and BSD's.
 *
 * @module
 */

import { type Digest, type DigestAlgorithm, parseDigest } from "../storage/digest.ts";

/** A line of a list of digests. */
export interface DigestLine {
  readonly name: string;
  readonly digest: Digest;
}

/** Algorithms by the hex characters of their digests: GNU's form does not name them. */
const ALGORITHMS_BY_HEX_CHARACTERS: Readonly<Record<number, DigestAlgorithm>> = {
  64: "sha256",
  96: "sha384",
  128: "sha512",
};

/** `sha256:<hex>` TAB name, as distribution's `digest` prints it. */
const OWN_REGEXP = /^(?<digest>[a-z0-9]+:[a-f0-9]+)\t(?<name>.+)$/s;

/** `<hex>  name`, `<hex> *name` for a binary file, and BSD's `<hex> name`. */
const GNU_REGEXP = /^(?<hex>[a-f0-9]+)[ \t](?:[ *](?=.))?(?<name>.+)$/is;

/** `SHA256 (name) = <hex>`, and what `openssl dgst` prints: `SHA2-256(name)= <hex>`. */
const TAGGED_REGEXP = /^SHA(?:2-)?(?<bits>\d+) ?\((?<name>.*)\)[ \t]*=[ \t]*(?<hex>[a-f0-9]+)$/is;

/** What stands for characters that would end the line, in a line that begins with a backslash (GNU). */
const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r" };
const CHARACTERS: Readonly<Record<string, string>> = { "\\\\": "\\", "\\n": "\n", "\\r": "\r" };

/**
 * Writes a line as distribution's `digest` does. A name with a line end, which that would tear, is escaped as by
 * `sha256sum`: then the line begins with a backslash.
 */
export function formatDigestLine({ name, digest }: DigestLine): string {
  return hasLineEnd(name) ? `\\${digest}\t${escapeName(name)}` : `${digest}\t${name}`;
}

/** Tells whether a name has a line end. */
export function hasLineEnd(name: string): boolean {
  return /[\n\r]/.test(name);
}

/** Escapes a name for a line that is marked by a backslash. */
export function escapeName(name: string): string {
  return name.replace(/[\\\n\r]/g, (character) => ESCAPES[character] ?? character);
}

/**
 * Reads a line of any form, without its end; `null` when it is none. The algorithm is the one the line names, else
 * follows from the length. Hex may be in upper case, except in berth's own form.
 */
export function parseDigestLine(line: string): DigestLine | null {
  const trimmed = line.replace(/^[ \t]+/, "");
  const isEscaped = trimmed.startsWith("\\");
  const parsed = parsePlainLine(isEscaped ? trimmed.slice(1) : trimmed);
  if (parsed === null || !isEscaped) return parsed;
  const name = unescapeName(parsed.name);
  return name === null ? null : { ...parsed, name };
}

function parsePlainLine(line: string): DigestLine | null {
  const own = OWN_REGEXP.exec(line)?.groups;
  if (own !== undefined) return digestLine(own.name, own.digest ?? "");
  const tagged = TAGGED_REGEXP.exec(line)?.groups;
  if (tagged !== undefined) return digestLine(tagged.name, `sha${tagged.bits}:${tagged.hex}`);
  const { hex = "", name } = GNU_REGEXP.exec(line)?.groups ?? {};
  const algorithm = ALGORITHMS_BY_HEX_CHARACTERS[hex.length];
  return algorithm === undefined ? null : digestLine(name, `${algorithm}:${hex}`);
}

function digestLine(name: string | undefined, text: string): DigestLine | null {
  const digest = parseDigest(text.toLowerCase());
  return name === undefined || digest === null ? null : { name, digest };
}

function unescapeName(text: string): string | null {
  const isWellFormed = /^(?:[^\\]|\\[\\nr])*$/s.test(text);
  return isWellFormed ? text.replace(/\\[\\nr]/g, (pair) => CHARACTERS[pair] ?? pair) : null;
}
