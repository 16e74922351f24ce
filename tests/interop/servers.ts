/**
 * The two registries that share a store, and how to take turns on it.
 *
 * @module
 */

import {
  type RunningServer,
  startBerth,
  startDistribution,
  type StartOptions,
} from "../harness.ts";
import { RegistryClient } from "../push.ts";

export type ServerName = "berth" | "distribution";

const STARTERS: Readonly<Record<ServerName, (options: StartOptions) => Promise<RunningServer>>> = {
  berth: startBerth,
  distribution: startDistribution,
};

/** Both orders in which one server writes a store and the other goes on with it. */
export const TURNS: readonly { readonly first: ServerName; readonly second: ServerName }[] = [
  { first: "berth", second: "distribution" },
  { first: "distribution", second: "berth" },
];

/** Starts a server on a store, runs a function with a client of it, and ends it. */
export async function withServer<T>(
  name: ServerName,
  root: string,
  body: (registry: RegistryClient) => Promise<T>,
): Promise<T> {
  const server = await STARTERS[name]({ root });
  try {
    return await body(new RegistryClient(server.url));
  } finally {
    await server.stop();
  }
}
