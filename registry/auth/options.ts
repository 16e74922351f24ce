/**
 * How authentication is set: plain values that JSON can carry to a worker. The names follow distribution's
 * configuration (`auth`), with two sections of berth's own: `access` and `auth.issuer`.
 *
 * @module
 */

import type { UrlOptions } from "../urls.ts";
import type { AccessOptions } from "./access_rules.ts";

/** `auth`, `access` and `auth.issuer` together. */
export interface AuthOptions {
  readonly scheme: SchemeOptions;
  /** Who may do what; `null` as in distribution: whoever is let in may do everything. */
  readonly access: AccessOptions | null;
  /** The registry's own token server; `null` for none. */
  readonly issuer: IssuerOptions | null;
}

/** The scheme that checks credentials: exactly one. */
export type SchemeOptions =
  | { readonly kind: "none" }
  | SillyOptions
  | HtpasswdOptions
  | TokenOptions;

/** `auth.silly`: any `Authorization` will do. For trying clients out. */
export interface SillyOptions {
  readonly kind: "silly";
  readonly realm: string;
  readonly service: string;
}

/** `auth.htpasswd`: users with bcrypt passwords in a file. */
export interface HtpasswdOptions {
  readonly kind: "htpasswd";
  readonly realm: string;
  /** The file; made, with one user, if it is missing. */
  readonly path: string;
}

/** `auth.token`: tokens of a token server (Docker token protocol). One of `rootcertbundle` and `jwks` has to be set. */
export interface TokenOptions {
  readonly kind: "token";
  /** URL of the token server. */
  readonly realm: string;
  /** What the registry is called; the audience of tokens. */
  readonly service: string;
  readonly issuer: string;
  /** PEM file of certificates; `null` for none. */
  readonly rootcertbundle: string | null;
  /** JSON file of keys (RFC 7517, section 5); `null` for none. */
  readonly jwks: string | null;
  /** Names of RFC 7518 and 8037 that signatures may have; empty for all that berth can check. */
  readonly signingalgorithms: readonly string[];
  /** Whether the token server is at `autoredirectpath` of the host that the client asked. */
  readonly autoredirect: boolean;
  /** Empty for `/auth/token`. */
  readonly autoredirectpath: string;
}

/**
 * `auth.issuer`: berth answers for tokens itself, to the users of `auth.htpasswd`, by the rules of `access`. With it Docker
 * pulls without a login too; asked for a password that it does not have, it gives up, where podman, skopeo and containerd
 * try without.
 */
export interface IssuerOptions {
  /** The path of the endpoint below the prefix of the registry, such as `/token`. */
  readonly path: string;
  /** Its URL as clients reach it; `null` for the path where the registry is. */
  readonly realm: string | null;
  /** Where the registry is. */
  readonly urls: UrlOptions;
  /** What the registry is called; the audience of tokens. */
  readonly service: string;
  /** JSON file of the keys; made if it is missing, readable by its owner only. */
  readonly keys: string;
  /** How long a token holds, in seconds; at least 60, which older clients take for granted. */
  readonly lifeSeconds: number;
}

/** Options that cannot work, or name a file that cannot be used. The message says which, and what to do. */
export class AuthOptionsError extends Error {
  override readonly name = "AuthOptionsError";
}
