/**
 * What values of settings look like: how each kind is read, told and described.
 *
 * @module
 */

import { type Address, parseAddress, type TcpAddress } from "../address.ts";
import { parseDuration } from "../duration.ts";

/** A value as it was written: what YAML takes it for, and its own letters. */
export interface Scalar {
  readonly value: unknown;
  readonly text: string;
}

/** A kind of value. */
export interface Kind<T> {
  /** One or two words, for the reference page. */
  readonly name: string;
  /** Ends the sentence "expected ...". */
  readonly expected: string;
  /** `null` when it is not of this kind. */
  readonly parse: (scalar: Scalar) => T | null;
  /** What the JSON Schema says of it. */
  readonly schema: Readonly<Record<string, unknown>>;
}

const PREFIX_REGEXP = /^\/(?:[^\s?#]*\/)?$/;
const URL_PATH_REGEXP = /^(?!\/v2(?:\/|$))(?:\/[A-Za-z0-9._~-]+)+$/;
const DURATION_SCHEMA = "^(0|([0-9]+(\\.[0-9]+)?(ns|us|µs|ms|s|m|h|d))+)$";

/** Any text that is not empty; numbers are taken as they were written. */
export const text: Kind<string> = {
  name: "text",
  expected: "a text",
  parse: (scalar) => scalar.text === "" ? null : scalar.text,
  schema: { type: ["string", "number", "boolean"] },
};

/** A path of the file system. */
export const path: Kind<string> = {
  ...text,
  name: "path",
  expected: "a path",
  schema: { type: "string" },
};

/** The version of distribution's configuration; there is one. */
export const version: Kind<string> = {
  name: "0.1",
  expected: "0.1, the only version there is",
  parse: (scalar) => scalar.text === "0.1" ? scalar.text : null,
  schema: { enum: [0.1, "0.1"] },
};

/** A whole number from 1. */
export const count: Kind<number> = {
  name: "count",
  expected: "a whole number from 1",
  parse: (scalar) => wholeNumber(scalar, 1),
  schema: { type: "integer", minimum: 1 },
};

/** A whole number from 0. */
export const number: Kind<number> = {
  name: "number",
  expected: "a whole number from 0",
  parse: (scalar) => wholeNumber(scalar, 0),
  schema: { type: "integer", minimum: 0 },
};

/** A whole number, also below 0. */
export const integer: Kind<number> = {
  name: "integer",
  expected: "a whole number",
  parse: (scalar) => wholeNumber(scalar, Number.MIN_SAFE_INTEGER),
  schema: { type: "integer" },
};

/** A number from 0, also with a fraction. */
export const rate: Kind<number> = {
  name: "rate",
  expected: "a number from 0",
  parse: ({ text }) => /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : null,
  schema: { type: "number", minimum: 0 },
};

/** Words that YAML 1.1, which distribution reads, takes for true and false, and YAML 1.2 for text. */
const SWITCH_WORDS: ReadonlyMap<string, boolean> = new Map([
  ...["y", "yes", "on"].map((word) => [word, true] as const),
  ...["n", "no", "off"].map((word) => [word, false] as const),
]);

/** True or false. In quotes they are texts, which distribution takes for neither. */
export const toggle: Kind<boolean> = {
  name: "true or false",
  expected: "true or false, without quotes",
  parse: ({ value, text }) =>
    typeof value === "boolean" ? value : SWITCH_WORDS.get(text.toLowerCase()) ?? null,
  schema: { type: "boolean" },
};

/** Milliseconds, written as Go writes durations, or in days. */
export const duration: Kind<number> = {
  name: "duration",
  expected: "a duration with its unit, such as 90s, 15m, 1h30m or 7d",
  // A number without unit would be nanoseconds to distribution and seconds to everybody else.
  parse: ({ text }) =>
    /^\d+(?:\.\d+)?$/.test(text) && Number(text) > 0 ? null : parseDuration(text),
  schema: { type: ["string", "integer"], pattern: DURATION_SCHEMA, maximum: 0 },
};

/** Where to listen. */
export const address: Kind<Address> = {
  name: "address",
  expected: "HOST:PORT, for example 127.0.0.1:5000 or :5000; or a path, with http.net: unix",
  parse: ({ text }) => parseAddress(text) ?? (text.startsWith("/") ? { path: text } : null),
  schema: { type: "string" },
};

/** A host and a port. */
export const hostPort: Kind<TcpAddress> = {
  name: "host and port",
  expected: "HOST:PORT, for example 127.0.0.1:5001",
  parse: ({ text }) => parseAddress(text),
  schema: { type: "string" },
};

/** An absolute URL with the scheme http or https. */
export const url: Kind<string> = {
  name: "URL",
  expected: "a URL that begins with http:// or https://",
  parse: ({ text }) => /^https?:\/\/[^\s/]/.test(text) && URL.canParse(text) ? text : null,
  schema: { type: "string", pattern: "^https?://" },
};

/** A path of URLs that begins and ends with a slash. */
export const prefix: Kind<string> = {
  name: "prefix",
  expected: "a path that begins and ends with /, such as /registry/",
  parse: ({ text }) => PREFIX_REGEXP.test(text) ? text : null,
  schema: { type: "string", pattern: "^/(.*/)?$" },
};

/** A path of URLs beside `/v2/`. */
export const urlPath: Kind<string> = {
  name: "path of a URL",
  expected: "a path that begins with / and is not below /v2/, such as /token",
  parse: ({ text }) => URL_PATH_REGEXP.test(text) ? text : null,
  schema: { type: "string", pattern: URL_PATH_REGEXP.source },
};

/** The source of a regular expression. */
export const regexp: Kind<string> = {
  name: "regular expression",
  expected: "a regular expression as JavaScript has them",
  parse: ({ text }) => isRegExp(text) ? text : null,
  schema: { type: "string" },
};

/** Any value, which berth does not look at. */
export const anything: Kind<unknown> = {
  name: "any",
  expected: "a value",
  parse: ({ value }) => value,
  schema: {},
};

/** One of some words, in any case. */
export function oneOf<const T extends string>(...options: readonly T[]): Kind<T> {
  return {
    name: options.map((option) => `\`${option}\``).join(", "),
    expected: `one of ${options.join(", ")}`,
    parse: ({ text }) => options.find((option) => option === text.toLowerCase()) ?? null,
    schema: { type: "string", pattern: `^(?:${options.map(anyCase).join("|")})$` },
  };
}

/** JSON Schema has no flag for it. */
function anyCase(word: string): string {
  return word.replace(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`)
    .replaceAll(".", "\\.");
}

function wholeNumber({ text }: Scalar, min: number): number | null {
  const number = Number(text);
  return /^-?\d+$/.test(text) && Number.isSafeInteger(number) && number >= min ? number : null;
}

function isRegExp(source: string): boolean {
  try {
    new RegExp(source, "u");
    return true;
  } catch {
    return false;
  }
}
