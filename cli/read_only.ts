/**
 * The read-only switch of a running server, which all of its event loops look at.
 *
 * @module
 */

import { READ_ONLY_FILE_LOOK_MS } from "../storage/limits.ts";
import { mayExist } from "../storage/may_exist.ts";
import { onOperatorSignal } from "./operator_signals.ts";
import type { Settings } from "./settings/table.ts";

/** What can make a server read-only; it is as long as one of them does. */
export type ReadOnlyReason = "settings" | "signal" | "file";

const BITS: Readonly<Record<ReadOnlyReason, number>> = { settings: 1, signal: 2, file: 4 };

/** A switch in memory that threads share. */
export class ReadOnlySwitch {
  /** To be handed to other threads. */
  readonly buffer: SharedArrayBuffer;
  readonly #bits: Int32Array;

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) {
    this.buffer = buffer;
    this.#bits = new Int32Array(buffer);
  }

  /** Whether there is any reason. */
  get isOn(): boolean {
    return Atomics.load(this.#bits, 0) !== 0;
  }

  has(reason: ReadOnlyReason): boolean {
    return (Atomics.load(this.#bits, 0) & BITS[reason]) !== 0;
  }

  set(reason: ReadOnlyReason, isOn: boolean): void {
    if (isOn) Atomics.or(this.#bits, 0, BITS[reason]);
    else Atomics.and(this.#bits, 0, ~BITS[reason]);
  }
}

/**
 * Moves a switch as the settings, the signal SIGUSR1, which turns it on and off, and the file of
 * `storage.maintenance.readonly` say. Requests under way go on. The result ends it.
 */
export function operateReadOnly(
  { storage }: Settings,
  readOnly: ReadOnlySwitch,
  say: (message: string) => void,
): () => void {
  const { enabled, file } = storage.maintenance.readonly;
  readOnly.set("settings", enabled);
  const move = (reason: ReadOnlyReason, isOn: boolean): void => {
    readOnly.set(reason, isOn);
    say(readOnly.isOn ? "read-only: writes are turned down" : "no longer read-only");
  };
  const stop = onOperatorSignal("SIGUSR1", () => move("signal", !readOnly.has("signal")));
  const look = (): void => {
    // What cannot be looked at counts as there: somebody asked for care.
    const isThere = file !== null && mayExist(file);
    if (isThere !== readOnly.has("file")) move("file", isThere);
  };
  look();
  const timer = file === null ? null : setInterval(look, READ_ONLY_FILE_LOOK_MS);
  return () => {
    stop();
    if (timer !== null) clearInterval(timer);
  };
}
