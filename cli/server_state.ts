/**
 * What becomes of a running server, in memory that its threads share.
 *
 * @module
 */

const FLAGS = { isDraining: 0, isFailing: 1, isVerbose: 2 } as const;

/** What can be the case. */
export type ServerFlag = keyof typeof FLAGS;

/** Flags that every event loop looks at, and the main thread sets. */
export class ServerState {
  /** To be handed to other threads. */
  readonly buffer: SharedArrayBuffer;
  readonly #flags: Int32Array;

  constructor(
    buffer: SharedArrayBuffer = new SharedArrayBuffer(
      Object.keys(FLAGS).length * Int32Array.BYTES_PER_ELEMENT,
    ),
  ) {
    this.buffer = buffer;
    this.#flags = new Int32Array(buffer);
  }

  /** Whether the end is near: a signal has come. */
  get isDraining(): boolean {
    return this.#is("isDraining");
  }

  /** Whether a health check fails. */
  get isFailing(): boolean {
    return this.#is("isFailing");
  }

  /** Whether lines of all levels are written, whatever `log.level` says. */
  get isVerbose(): boolean {
    return this.#is("isVerbose");
  }

  /** Why no more requests are wanted; `null` while they are. */
  get unready(): string | null {
    if (this.isDraining) return "the server is about to end";
    return this.isFailing ? "a health check fails" : null;
  }

  set(flag: ServerFlag, isSet: boolean): void {
    Atomics.store(this.#flags, FLAGS[flag], isSet ? 1 : 0);
  }

  #is(flag: ServerFlag): boolean {
    return Atomics.load(this.#flags, FLAGS[flag]) === 1;
  }
}
