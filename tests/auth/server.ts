/**
 * A registry behind authentication on a socket of its own, for clients that are other programs.
 *
 * @module
 */

import { createApp } from "../../registry/app.ts";
import { USERS_FILE } from "../../registry/auth/auth_kit.ts";
import { createAuthorizer } from "../../registry/auth/create_authorizer.ts";
import { AuthOptionsError } from "../../registry/auth/options.ts";
import type { AuthOptions, TokenOptions } from "../../registry/auth/options.ts";
import { toResponse } from "../../registry/respond.ts";
import { MemoryDriver } from "../../storage/memory.ts";
import { openStore } from "../../storage/store.ts";
import { withTempDir } from "../harness.ts";

/** A registry that runs. */
export interface GuardedServer {
  readonly url: string;
  /** `host:port`. */
  readonly host: string;
}

/** Starts a registry with an empty store in memory, runs a function with it and ends it. */
export async function withServer(
  options: AuthOptions,
  body: (server: GuardedServer) => Promise<void>,
): Promise<void> {
  const { authorizer, routes, close } = await createAuthorizer(options, {
    nowMs: () => Date.now(),
    warn: (message): never => {
      throw new AuthOptionsError(message);
    },
  });
  const store = openStore(new MemoryDriver());
  const app = createApp({
    store,
    authorizer,
    routes,
    settings: {
      isDeleteEnabled: true,
      isReadOnly: false,
      catalogEntriesMax: 1_000,
      tagsEntriesMax: 1_000,
    },
    report: (error): void => {
      if (error.status >= 500) throw error;
    },
  });
  await serving(
    async (request) => toResponse(await app(request)),
    async (url) => await body({ url, host: url.replace("http://", "") }),
  );
  store.gate.close();
  close();
}

/** Serves on a free port of 127.0.0.1 while a function runs, which is given the URL. */
export async function serving(
  handler: (request: Request) => Response | Promise<Response>,
  body: (url: string) => Promise<void>,
): Promise<void> {
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    automaticCompression: false,
    onListen: (): void => {},
  }, (request) => handler(request));
  try {
    await body(`http://127.0.0.1:${server.addr.port}`);
  } finally {
    await server.shutdown();
  }
}

/** Runs a function with a directory that has a file of {@linkcode USERS_FILE}, `htpasswd`. */
export function withUsers(body: (directory: string) => Promise<void>): Promise<void> {
  return withTempDir("auth", async (directory) => {
    await Deno.writeTextFile(`${directory}/htpasswd`, USERS_FILE);
    await body(directory);
  });
}

/** The options of a token server at a URL, to whose certificates a file leads. */
export function tokenOptions(
  realm: string,
  rootcertbundle: string,
  changes: Partial<TokenOptions> = {},
): TokenOptions {
  return {
    kind: "token",
    realm,
    service: "berth.test",
    issuer: "issuer.test",
    rootcertbundle,
    jwks: null,
    signingalgorithms: [],
    autoredirect: false,
    autoredirectpath: "",
    ...changes,
  };
}
