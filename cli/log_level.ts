/**
 * The level of the log of a running server.
 *
 * @module
 */

import type { ServerState } from "./server_state.ts";
import type { Settings } from "./settings/table.ts";

/** None on Windows, which does not have it. */
const SIGNAL: Deno.Signal | null = Deno.build.os === "windows" ? null : "SIGUSR2";

/** Moves the level to `debug` and back with each signal SIGUSR2, for all loops. The result ends it. */
export function operateLogLevel(
  { log }: Settings,
  state: ServerState,
  say: (message: string) => void,
): () => void {
  const onSignal = (): void => {
    state.set("isVerbose", !state.isVerbose);
    say(`log level is ${state.isVerbose ? "debug" : log.level}`);
  };
  if (SIGNAL !== null) Deno.addSignalListener(SIGNAL, onSignal);
  return () => {
    if (SIGNAL !== null) Deno.removeSignalListener(SIGNAL, onSignal);
  };
}
