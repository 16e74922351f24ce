/**
 * Lines on standard output.
 *
 * @module
 */

const encoder = new TextEncoder();

/** Gathers lines, so that thousands of them take few writes. */
export class LineOutput {
  #text = "";

  line(text: string): void {
    this.#text += `${text}\n`;
  }

  /** Writes what was gathered. Throws `Deno.errors.BrokenPipe` when nobody reads it any more. */
  flush(): void {
    let rest = encoder.encode(this.#text);
    this.#text = "";
    while (rest.length > 0) rest = rest.subarray(Deno.stdout.writeSync(rest));
  }
}
