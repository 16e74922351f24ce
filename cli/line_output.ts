/**
 * Lines on standard output.
 *
 * @module
 */

import { toStorageError } from "../storage/errors.ts";

const encoder = new TextEncoder();

/** Gathers lines, so that thousands of them take few writes. */
export class LineOutput {
  #text = "";

  line(text: string): void {
    this.#text += `${text}\n`;
  }

  /**
   * Writes what was gathered. Throws `Deno.errors.BrokenPipe` when nobody reads it any more, and a `StorageError` when
   * it cannot be written.
   */
  flush(): void {
    let rest = encoder.encode(this.#text);
    this.#text = "";
    try {
      while (rest.length > 0) rest = rest.subarray(Deno.stdout.writeSync(rest));
    } catch (error) {
      if (error instanceof Deno.errors.BrokenPipe) throw error;
      throw toStorageError(error, "write to", "standard output");
    }
  }
}
