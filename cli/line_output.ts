/**
 * Lines on standard output.
 *
 * @module
 */

import { toStorageError } from "../storage/errors.ts";
import { OUTPUT_GATHERED_CHARACTERS_MAX } from "../storage/limits.ts";

const encoder = new TextEncoder();

/** Gathers lines, so that thousands of them take few writes. All methods throw what {@linkcode flush} throws. */
export class LineOutput {
  readonly #write: (bytes: Uint8Array) => number;
  #text = "";

  /** `write` takes some of the bytes and returns how many. */
  constructor(write: (bytes: Uint8Array) => number = (bytes) => Deno.stdout.writeSync(bytes)) {
    this.#write = write;
  }

  line(text: string): void {
    this.#text += `${text}\n`;
    if (this.#text.length >= OUTPUT_GATHERED_CHARACTERS_MAX) this.flush();
  }

  lines(texts: Iterable<string>): void {
    for (const text of texts) this.line(text);
  }

  /** One JSON object on a line of its own. */
  json(value: Readonly<Record<string, unknown>>): void {
    this.line(JSON.stringify(value));
  }

  /**
   * Writes what was gathered. Throws `Deno.errors.BrokenPipe` when nobody reads it any more, and a `StorageError` when
   * it cannot be written.
   */
  flush(): void {
    let rest = encoder.encode(this.#text);
    this.#text = "";
    try {
      while (rest.length > 0) rest = rest.subarray(this.#write(rest));
    } catch (error) {
      if (error instanceof Deno.errors.BrokenPipe) throw error;
      throw toStorageError(error, "write to", "standard output");
    }
  }
}
