/**
 * The level of the log of a running server.
 *
 * @module
 */

import { onOperatorSignal } from "./operator_signals.ts";
import type { ServerState } from "./server_state.ts";
import type { Settings } from "./settings/table.ts";

/** Moves the level to `debug` and back with each signal SIGUSR2, for all loops. The result ends it. */
export function operateLogLevel(
  { log }: Settings,
  state: ServerState,
  say: (message: string) => void,
): () => void {
  return onOperatorSignal("SIGUSR2", () => {
    state.set("isVerbose", !state.isVerbose);
    say(`log level is ${state.isVerbose ? "debug" : log.level}`);
  });
}
