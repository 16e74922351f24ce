/**
 * Starts programs that listen on a port, and ends them.
 *
 * @module
 */

import { sendSignal } from "./harness.ts";

/** Longest wait for a program to listen, in milliseconds. */
const START_TIMEOUT_MS = 30_000;

/** A program that runs. */
export interface RunningProgram {
  readonly pid: number;
  /** Sends a signal without waiting. */
  kill(signal: Deno.Signal): void;
  /** Ends it (SIGTERM unless said otherwise), waits, and returns its exit code. */
  stop(signal?: Deno.Signal): Promise<number>;
}

/** Starts a program and waits until it listens on a port of 127.0.0.1. */
export async function startListening(
  command: string,
  args: readonly string[],
  port: number,
): Promise<RunningProgram> {
  const child = new Deno.Command(command, {
    args: [...args],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const program: RunningProgram = {
    pid: child.pid,
    kill: (signal) => sendSignal(child, signal),
    async stop(signal = "SIGTERM"): Promise<number> {
      sendSignal(child, signal);
      return (await child.status).code;
    },
  };
  try {
    await untilListening(port);
    return program;
  } catch (error) {
    await program.stop("SIGKILL");
    throw error;
  }
}

async function untilListening(port: number): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (true) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}
