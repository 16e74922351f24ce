/**
 * Writes results to stdout.
 *
 * @module
 */

import { OUTPUT_GATHERED_CHARACTERS_MAX } from "../storage/limits.ts";

/** Whoever read the results has gone away, so there is no use in going on. */
export class OutputClosedError extends Error {
  override readonly name = "OutputClosedError";
}

const encoder = new TextEncoder();

/** Lines on their way to stdout. Throws an {@linkcode OutputClosedError} once nobody reads them any more. */
export class LineOutput {
  readonly #write: (bytes: Uint8Array) => number;
  #gathered = "";

  /** `write` takes some of the bytes and returns how many. */
  constructor(write: (bytes: Uint8Array) => number = (bytes) => Deno.stdout.writeSync(bytes)) {
    this.#write = write;
  }

  line(text: string): void {
    this.#gathered += `${text}\n`;
    if (this.#gathered.length >= OUTPUT_GATHERED_CHARACTERS_MAX) this.flush();
  }

  lines(texts: Iterable<string>): void {
    for (const text of texts) this.line(text);
  }

  /** One JSON object on a line of its own. */
  json(value: Readonly<Record<string, unknown>>): void {
    this.line(JSON.stringify(value));
  }

  /** Writes what was gathered. */
  flush(): void {
    const bytes = encoder.encode(this.#gathered);
    this.#gathered = "";
    try {
      for (let offset = 0; offset < bytes.length;) offset += this.#write(bytes.subarray(offset));
    } catch (error) {
      if (error instanceof Deno.errors.BrokenPipe) throw new OutputClosedError();
      throw error;
    }
  }
}
