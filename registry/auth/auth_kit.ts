/**
 * What tests of authentication are made of: options, a clock that stands still, files of users and tokens.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { generateKeyPairSync } from "node:crypto";
import { openRegistry, type TestRegistry } from "../app_kit.ts";
import { RELATIVE_URLS } from "../urls.ts";
import { createAuthorizer } from "./create_authorizer.ts";
import { type JWK, signClaims } from "./jwt.ts";
import type { AuthOptions, TokenOptions } from "./options.ts";

/** Users of {@linkcode USERS_FILE}, whose passwords are their names backwards. Hashed with the lowest cost. */
export const USERS_FILE = `# users of the tests
alice:$2y$04$/OAvWMYePBzYsRtDbgHe8eCoyXThPywDizgwJCIS2vyl2WXgQRHtG
bob:$2b$04$pX1PG7s1FHHoBASB9tIWe.dwGToPrenJsviFhA5i6Ma4wr/eJJj.K
`;

/** The `Authorization` of Basic. */
export function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
}

/** Options of a registry that is open to everybody, with changes. */
export function authOptions(changes: Partial<AuthOptions>): AuthOptions {
  return { scheme: { kind: "none" }, access: null, issuer: null, ...changes };
}

/** A clock that goes on only when it is told to, from 2026. */
export class TestClock {
  ms = Date.UTC(2026, 0, 1);
  readonly nowMs = (): number => this.ms;
}

/** A registry in memory behind a scheme. */
export interface GuardedRegistry extends TestRegistry {
  readonly clock: TestClock;
  /** What the operator was told. */
  readonly warnings: readonly string[];
  /** Status and challenge of a request. */
  ask(method: string, path: string, authorization?: string): Promise<[number, string | null]>;
}

/** Opens a registry behind a scheme, runs a function with it, and ends what runs beside it. */
export async function withGuard(
  options: Partial<AuthOptions>,
  body: (registry: GuardedRegistry) => Promise<void>,
): Promise<void> {
  const clock = new TestClock();
  const warnings: string[] = [];
  const host = { nowMs: clock.nowMs, warn: (message: string): number => warnings.push(message) };
  const { authorizer, routes, close } = await createAuthorizer(authOptions(options), host);
  try {
    const registry = openRegistry({ urls: options.issuer?.urls ?? RELATIVE_URLS }, undefined, {
      authorizer,
      routes,
    });
    await body({
      ...registry,
      clock,
      warnings,
      async ask(method, path, authorization): Promise<[number, string | null]> {
        const headers = authorization === undefined ? {} : { Authorization: authorization };
        const answer = await registry.send(method, path, { headers });
        return [answer.status, answer.header("WWW-Authenticate")];
      },
    });
  } finally {
    close();
  }
}

/** Runs a function with a temporary directory. */
export async function withDirectory(body: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "berth_auth_" });
  try {
    await body(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Runs a function with a file of users. */
export function withUsers(body: (path: string) => Promise<void>): Promise<void> {
  return withDirectory(async (directory) => {
    const path = `${directory}/htpasswd`;
    await Deno.writeTextFile(path, USERS_FILE);
    await body(path);
  });
}

/** A private Ed25519 key. */
export function makeKey(kid: string): JWK {
  const { privateKey } = generateKeyPairSync("ed25519");
  return { ...privateKey.export({ format: "jwk" }) as JWK, kid };
}

/** A key set of the public halves of keys. */
export function keySetOf(...keys: readonly JWK[]): string {
  return JSON.stringify({ keys: keys.map(({ d: _private, ...key }) => key) });
}

/** The options of a token server whose keys are in a file. */
export function tokenOptions(
  jwks: string | null,
  changes: Partial<TokenOptions> = {},
): TokenOptions {
  return {
    kind: "token",
    realm: "https://auth.test/token",
    service: "registry.test",
    issuer: "auth.test",
    rootcertbundle: null,
    jwks,
    signingalgorithms: [],
    autoredirect: false,
    autoredirectpath: "",
    ...changes,
  };
}

/** The claims of a token that {@linkcode tokenOptions} takes for five minutes from the start of a {@linkcode TestClock}. */
export function claimsOf(
  access: readonly unknown[],
  changes: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  const seconds = new TestClock().ms / 1000;
  return {
    iss: "auth.test",
    aud: "registry.test",
    sub: "alice",
    nbf: seconds,
    iat: seconds,
    exp: seconds + 300,
    access,
    ...changes,
  };
}

/** The `Authorization` of a token with these claims. */
export async function bearer(
  claims: Readonly<Record<string, unknown>>,
  key: JWK,
): Promise<string> {
  return `Bearer ${await signClaims(claims, key)}`;
}
