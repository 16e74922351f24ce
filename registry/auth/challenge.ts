/**
 * Answers to those who may not: challenges as distribution writes them (RFC 7617; RFC 6750, section 3; Docker token
 * protocol).
 *
 * @module
 */

import { RegistryError } from "../errors.ts";
import type { AccessRequest } from "./authorizer.ts";

/** What a Bearer challenge says. */
export interface BearerChallenge {
  /** URL of the token server. */
  readonly realm: string;
  readonly service: string;
  /** What has to be allowed, as the token protocol writes it; empty for nothing in particular. */
  readonly scope: string;
  readonly error?: "invalid_token" | "insufficient_scope" | null;
}

/** Asks for a name and a password. */
export function basicChallenge(realm: string): string {
  return `Basic realm=${quoted(realm)}`;
}

/** Asks for a token. */
export function bearerChallenge({ realm, service, scope, error = null }: BearerChallenge): string {
  return `Bearer realm=${quoted(realm)},service=${quoted(service)}` +
    (scope === "" ? "" : `,scope=${quoted(scope)}`) +
    (error === null ? "" : `,error=${quoted(error)}`);
}

/** What has to be allowed as a scope: `repository:a:pull,push repository:b:pull`, each repository once. */
export function scopeOf(access: readonly AccessRequest[]): string {
  const actions = new Map<string, Set<string>>();
  for (const { type, name, actions: wanted } of access) {
    const resource = `${type}:${name}`;
    actions.set(resource, new Set([...actions.get(resource) ?? [], ...wanted]));
  }
  return [...actions].map(([resource, wanted]) => `${resource}:${[...wanted].join(",")}`).join(" ");
}

/** The error that carries a challenge. It lists what would have to be allowed, as distribution does. */
export function unauthorized(
  challenge: string,
  access: readonly AccessRequest[],
): RegistryError {
  return new RegistryError("UNAUTHORIZED", {
    detail: accessRecords(access),
    headers: { "WWW-Authenticate": challenge },
  });
}

/** The error for somebody who is known, and may not. */
export function denied(access: readonly AccessRequest[]): RegistryError {
  return new RegistryError("DENIED", { detail: accessRecords(access) });
}

/** One record for each action; `null` for none. */
function accessRecords(access: readonly AccessRequest[]): readonly unknown[] | null {
  if (access.length === 0) return null;
  return access.flatMap(({ type, name, actions }) =>
    actions.map((action) => ({ Type: type, Class: "", Name: name, Action: action }))
  );
}

/** A quoted string (RFC 9110, section 5.6.4). Headers are bytes: other than ASCII goes as UTF-8. */
function quoted(text: string): string {
  // deno-lint-ignore no-control-regex -- line breaks would end the header
  const escaped = text.replace(/[\u0000-\u001f\u007f]/g, " ").replace(/["\\]/g, "\\$&");
  return `"${String.fromCharCode(...new TextEncoder().encode(escaped))}"`;
}
