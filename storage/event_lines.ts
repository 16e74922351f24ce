/**
 * How events stand on disk: one line for each, a checksum and JSON, so that what a crash tore is told from what is whole.
 *
 * @module
 */

import { crc32 } from "node:zlib";

const CHECKSUM_CHARACTERS = 8;
const NEWLINE = 0x0a;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The lines of some events, each JSON without line breaks; behind the end of a torn line if there is one. */
export function encodeEvents(
  events: readonly string[],
  isBehindTorn: boolean,
): Uint8Array<ArrayBuffer> {
  const lines = events.map((event) => `${checksum(event)} ${event}\n`).join("");
  return encoder.encode(isBehindTorn ? `\n${lines}` : lines);
}

/** The event of a line without its line break; `null` when the line is not what was written. */
export function decodeEvent(line: Uint8Array): string | null {
  const text = decoder.decode(line);
  const event = text.slice(CHECKSUM_CHARACTERS + 1);
  return text === `${checksum(event)} ${event}` ? event : null;
}

/** Where the first line of some bytes ends, behind its line break; 0 when it does not. */
export function lineEnd(bytes: Uint8Array): number {
  return bytes.indexOf(NEWLINE) + 1;
}

/** CRC-32 of the UTF-8 of a text, as 8 hexadecimal digits. */
function checksum(text: string): string {
  return crc32(text).toString(16).padStart(CHECKSUM_CHARACTERS, "0");
}
