/**
 * Signals by which an operator moves a running server.
 *
 * @module
 */

/** SIGUSR1 is for the read-only switch, SIGUSR2 for the level of the log. */
export type OperatorSignal = "SIGUSR1" | "SIGUSR2";

/** Does something at each signal, until the result is called. Windows has no such signals. */
export function onOperatorSignal(signal: OperatorSignal, act: () => void): () => void {
  if (Deno.build.os === "windows") return () => {};
  Deno.addSignalListener(signal, act);
  return () => Deno.removeSignalListener(signal, act);
}
