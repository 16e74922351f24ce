/**
 * What a token claims (Docker token protocol, "JWT"), and whether it holds here and now.
 *
 * @module
 */

import { TOKEN_LEEWAY_SECONDS } from "../../storage/limits.ts";
import type { AccessRequest } from "./authorizer.ts";

/** What a token allows whom. */
export interface TokenGrant {
  /** `null` for somebody without a login. */
  readonly user: string | null;
  /** Until when it may be used, leeway included, in milliseconds since 1970. */
  readonly untilMs: number;
  /** Whether the token allows all that is asked. */
  allows(access: AccessRequest): boolean;
}

/** Whose tokens are taken. */
export interface TokenTerms {
  readonly issuer: string;
  /** One of the audiences of a token. */
  readonly audience: string;
}

/** Reads claims. Throws a `TypeError` for those that are malformed, of another issuer or audience, or out of time. */
export function readClaims(claims: unknown, terms: TokenTerms, nowMs: number): TokenGrant {
  if (!isRecord(claims)) throw new TypeError("The claims of a token are an object");
  const { iss, aud, exp, nbf = 0, sub = "" } = claims;
  if (iss !== terms.issuer) throw new TypeError("The token is of another issuer");
  const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  if (!audiences.includes(terms.audience)) throw new TypeError("The token is for another audience");
  if (!isTime(exp) || !isTime(nbf)) throw new TypeError("The times of a token are numbers");
  const untilMs = (exp + TOKEN_LEEWAY_SECONDS) * 1000;
  if (nowMs > untilMs) throw new TypeError("The token has expired");
  if (nowMs < (nbf - TOKEN_LEEWAY_SECONDS) * 1000) {
    throw new TypeError("The token is not valid yet");
  }
  const allowed = readAccess(claims.access ?? []);
  return {
    user: typeof sub === "string" && sub !== "" ? sub : null,
    untilMs,
    allows({ type, name, actions }): boolean {
      const own = allowed.get(`${type}:${name}`);
      return own !== undefined && (own.has("*") || actions.every((action) => own.has(action)));
    },
  };
}

/** Actions by resource. The class of a resource says nothing that is asked here. */
function readAccess(access: unknown): ReadonlyMap<string, ReadonlySet<unknown>> {
  if (!Array.isArray(access)) throw new TypeError("The access of a token is a list");
  const allowed = new Map<string, Set<unknown>>();
  for (const entry of access as readonly unknown[]) {
    if (!isRecord(entry)) throw new TypeError("The access of a token is a list of objects");
    const { type, name, actions } = entry;
    if (!Array.isArray(actions)) continue;
    const resource = `${type}:${name}`;
    allowed.set(resource, new Set([...allowed.get(resource) ?? [], ...actions]));
  }
  return allowed;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Seconds since 1970 (RFC 7519, section 2, "NumericDate"). */
function isTime(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}
