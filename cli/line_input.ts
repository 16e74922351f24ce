/**
 * Lines of a file, one at a time.
 *
 * @module
 */

import { DIGEST_LIST_READ_BYTES } from "../storage/limits.ts";

/** What lines are read from. */
export interface LineSource {
  readSync(buffer: Uint8Array): number | null;
}

/**
 * Yields the lines of a file of any size, without their ends (LF, or CR LF); bytes that are not UTF-8 are replaced. Of
 * a line longer than the limit `null` is yielded in its place.
 */
export function* readLines(
  source: LineSource,
  charactersMax: number,
): Generator<string | null, void> {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const buffer = new Uint8Array(DIGEST_LIST_READ_BYTES);
  let rest = "";
  let isCut = false;
  for (let size = source.readSync(buffer); size !== null; size = source.readSync(buffer)) {
    const lines = (rest + decoder.decode(buffer.subarray(0, size), { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      yield isCut || line.length > charactersMax ? null : withoutReturn(line);
      isCut = false;
    }
    // What is too long already is not kept.
    if (rest.length > charactersMax) [rest, isCut] = ["", true];
  }
  rest += decoder.decode();
  if (isCut) yield null;
  else if (rest !== "") yield withoutReturn(rest);
}

function withoutReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}
