/**
 * Numbers that one thread writes and others read.
 *
 * @module
 */

/** A row of numbers, all 0 at first. Plain ones, as in the metrics: they are looked at in each request. */
export class SharedNumbers {
  /** To be handed to other threads. */
  readonly buffer: SharedArrayBuffer;
  protected readonly values: Float64Array;

  constructor(count: number, buffer?: SharedArrayBuffer) {
    this.buffer = buffer ?? new SharedArrayBuffer(count * Float64Array.BYTES_PER_ELEMENT);
    this.values = new Float64Array(this.buffer);
  }
}
