/**
 * The scheme `token`: tokens of a token server (Docker token protocol; RFC 6750).
 *
 * @module
 */

import { createHash } from "node:crypto";
import { BoundedMap } from "../../storage/bounded_map.ts";
import { TOKENS_REMEMBERED_MAX } from "../../storage/limits.ts";
import type { RepositoryFilter } from "../../storage/repositories.ts";
import type { AccessRequest, Authorizer, Caller } from "./authorizer.ts";
import { type BearerChallenge, bearerChallenge, scopeOf, unauthorized } from "./challenge.ts";
import { requestOrigin } from "../origin.ts";
import { readAuthorization } from "./credentials.ts";
import { type KeyFinder, SIGNING_ALGORITHMS, verifySignature } from "./jwt.ts";
import { AuthOptionsError, type TokenOptions } from "./options.ts";
import { RecentHeaders } from "./recent_headers.ts";
import { readClaims, type TokenGrant, type TokenTerms } from "./token_claims.ts";

/** How tokens are taken and asked for. */
export interface TokenScheme {
  readonly service: string;
  readonly terms: TokenTerms;
  readonly algorithms: readonly string[];
  readonly findKey: KeyFinder;
  /** URL of the token server for whoever sent a request. */
  realm(request: Request): string;
  /** Which repositories the catalog shows a user; `null` for all. */
  seenBy(user: string | null): RepositoryFilter | null;
  /** Milliseconds since 1970. */
  nowMs(): number;
}

/** Somebody who was let in. */
interface KnownCaller {
  readonly caller: Caller;
  readonly grant: TokenGrant;
}

/** Lets those in who have a token that allows what they ask for. */
export class TokenAuthorizer implements Authorizer {
  readonly #scheme: TokenScheme;
  readonly #known: RecentHeaders<KnownCaller>;
  /** By hash, so that memory holds no token for long. */
  readonly #verified = new BoundedMap<string, TokenGrant>(TOKENS_REMEMBERED_MAX);

  constructor(scheme: TokenScheme) {
    this.#scheme = scheme;
    this.#known = new RecentHeaders(scheme.nowMs);
  }

  authorize(request: Request, access: readonly AccessRequest[]): Promise<Caller> {
    const header = request.headers.get("Authorization") ?? "";
    const known = this.#known.get(header);
    const isGood = known !== undefined && this.#scheme.nowMs() <= known.grant.untilMs &&
      access.every((each) => known.grant.allows(each));
    return isGood ? Promise.resolve(known.caller) : this.#lookAt(request, header, access);
  }

  async #lookAt(
    request: Request,
    header: string,
    access: readonly AccessRequest[],
  ): Promise<Caller> {
    const authorization = readAuthorization(request.headers);
    if (authorization.kind !== "bearer") throw this.#challenge(request, access, errorOf(request));
    const grant = await this.#verify(authorization.token);
    if (grant === null) throw this.#challenge(request, access, "invalid_token");
    if (!access.every((each) => grant.allows(each))) {
      throw this.#challenge(request, access, "insufficient_scope");
    }
    const caller: Caller = {
      name: grant.user,
      may: (each) => grant.allows(each),
      sees: this.#scheme.seenBy(grant.user),
    };
    this.#known.set(header, { caller, grant });
    return caller;
  }

  /** What a token allows; `null` when it allows nothing. */
  async #verify(token: string): Promise<TokenGrant | null> {
    const { algorithms, findKey, nowMs, terms } = this.#scheme;
    const key = createHash("sha256").update(token).digest("base64");
    const remembered = this.#verified.get(key);
    if (remembered !== undefined) return nowMs() <= remembered.untilMs ? remembered : null;
    try {
      const claims = await verifySignature(token, findKey, algorithms);
      const grant = readClaims(claims, terms, nowMs());
      this.#verified.set(key, grant);
      return grant;
    } catch {
      // Whatever is wrong with it was sent by a stranger, who is told no more than that.
      return null;
    }
  }

  #challenge(
    request: Request,
    access: readonly AccessRequest[],
    error: BearerChallenge["error"] = null,
  ): Error {
    const { realm, service } = this.#scheme;
    const scope = scopeOf(access);
    return unauthorized(bearerChallenge({ realm: realm(request), service, scope, error }), access);
  }
}

/** A token that is too long to be read is no good either, where no token is merely missing. */
function errorOf(request: Request): BearerChallenge["error"] {
  const header = request.headers.get("Authorization") ?? "";
  return /^bearer ./i.test(header) ? "invalid_token" : null;
}

/** The algorithms that the options list, or all; throws an `AuthOptionsError` for one that cannot be checked. */
export function algorithmsOf({ signingalgorithms }: TokenOptions): readonly string[] {
  for (const algorithm of signingalgorithms) {
    if (SIGNING_ALGORITHMS.includes(algorithm)) continue;
    throw new AuthOptionsError(
      `auth.token.signingalgorithms: "${algorithm}" is none of ${SIGNING_ALGORITHMS.join(", ")}`,
    );
  }
  return signingalgorithms.length === 0 ? SIGNING_ALGORITHMS : signingalgorithms;
}

/** Where distribution expects the token server when `autoredirectpath` is empty. */
const AUTO_REDIRECT_PATH = "/auth/token";

/** The URL of the token server for whoever sent a request (`autoredirect`). */
export function realmOf(
  { realm, autoredirect, autoredirectpath }: TokenOptions,
  request: Request,
): string {
  if (!autoredirect) return realm;
  return `${requestOrigin(request, "https")}${autoredirectpath || AUTO_REDIRECT_PATH}`;
}
