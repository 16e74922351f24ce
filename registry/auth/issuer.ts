/**
 * berth's own token server: tokens for the users of a file, by the access rules (Docker token protocol).
 *
 * @module
 */

import { timingSafeEqual } from "@std/crypto";
import { randomUUID } from "node:crypto";
import { REFRESH_TOKEN_LIFE_SECONDS, TOKEN_SCOPES_MAX } from "../../storage/limits.ts";
import { parseRepositoryName } from "../../storage/names.ts";
import type { AccessRules } from "./access_rules.ts";
import type { Accounts } from "./accounts.ts";
import type { AccessRequest, Action, Caller } from "./authorizer.ts";
import type { Credentials } from "./credentials.ts";
import { callerOf } from "./htpasswd.ts";
import { signClaims, verifySignature } from "./jwt.ts";
import type { IssuerOptions } from "./options.ts";
import type { SigningKeys } from "./signing_keys.ts";
import { readClaims, type TokenTerms } from "./token_claims.ts";

/** Who issues, as tokens name it. */
const ISSUER = "berth";

/** The only algorithm that the keys are for. */
export const ISSUER_ALGORITHMS: readonly string[] = ["EdDSA"];

/** A token and what it is worth. */
export interface IssuedToken {
  readonly token: string;
  /** What it allows, as the token protocol writes it. */
  readonly scope: string;
  readonly lifeSeconds: number;
  /** Milliseconds since 1970. */
  readonly issuedMs: number;
}

/** What an issuer works with. */
export interface IssuerParts {
  readonly options: IssuerOptions;
  readonly accounts: Accounts;
  readonly rules: AccessRules | null;
  readonly keys: SigningKeys;
  /** Milliseconds since 1970. */
  nowMs(): number;
}

/** Issues tokens. */
export class TokenIssuer {
  readonly options: IssuerOptions;
  readonly #parts: IssuerParts;

  constructor(parts: IssuerParts) {
    this.options = parts.options;
    this.#parts = parts;
  }

  /** By which the tokens are known. */
  get terms(): TokenTerms {
    return { issuer: ISSUER, audience: this.options.service };
  }

  /** Whether there is anything to be had without a login. */
  isOpenToAnybody(): boolean {
    return this.#parts.rules?.knows(null) ?? false;
  }

  /** Whether the password is the user's; throws as `Accounts.authenticate()` does. */
  authenticate(credentials: Credentials): Promise<boolean> {
    return this.#parts.accounts.authenticate(credentials);
  }

  /** A token for as much of the scopes as the user may do: none of it, when need be. `null` is nobody in particular. */
  async issue(user: string | null, scopes: readonly string[]): Promise<IssuedToken> {
    const caller = callerOf(user, this.#parts.rules);
    const access = scopes.slice(0, TOKEN_SCOPES_MAX).flatMap((scope) => grantOf(scope, caller));
    const { lifeSeconds } = this.options;
    const issuedMs = this.#parts.nowMs();
    const token = await this.#sign(user, this.terms.audience, lifeSeconds, { access });
    const scope = access.map(({ type, name, actions }) => `${type}:${name}:${actions.join(",")}`);
    return { token, scope: scope.join(" "), lifeSeconds, issuedMs };
  }

  /** A token that stands for the user's password, until that changes. */
  issueRefresh(user: string): Promise<string> {
    const password = this.#parts.accounts.fingerprint(user);
    return this.#sign(user, this.#refreshTerms.audience, REFRESH_TOKEN_LIFE_SECONDS, { password });
  }

  /** The user of a refresh token; `null` when it is no good, or no good any more. */
  async userOfRefresh(token: string): Promise<string | null> {
    const { accounts, keys, nowMs } = this.#parts;
    try {
      const claims = await verifySignature(token, (header) => keys.find(header), ISSUER_ALGORITHMS);
      const { user } = readClaims(claims, this.#refreshTerms, nowMs());
      const { password } = claims as { readonly password?: unknown };
      return user !== null && isSame(password, accounts.fingerprint(user)) ? user : null;
    } catch (error) {
      // A token that is wrong; what is wrong with the server is told when the next password is checked.
      if (error instanceof Error) return null;
      throw error;
    }
  }

  /** No request is let in by a refresh token, because its audience is another. */
  get #refreshTerms(): TokenTerms {
    return { issuer: ISSUER, audience: `${this.options.service} refresh` };
  }

  #sign(
    user: string | null,
    audience: string,
    lifeSeconds: number,
    claims: Readonly<Record<string, unknown>>,
  ): Promise<string> {
    const seconds = Math.floor(this.#parts.nowMs() / 1000);
    return signClaims({
      iss: ISSUER,
      sub: user ?? "",
      aud: audience,
      exp: seconds + lifeSeconds,
      nbf: seconds,
      iat: seconds,
      jti: randomUUID(),
      ...claims,
    }, this.#parts.keys.current());
  }
}

const REPOSITORY_ACTIONS: readonly Action[] = ["pull", "push", "delete"];

/** What a caller gets of one scope, `type:name:action,action`; nothing for one that is malformed. */
function grantOf(scope: string, caller: Caller): readonly AccessRequest[] {
  // The type may have a class, which says nothing here.
  const [, type, name = "", list = ""] =
    /^(repository|registry)(?:\([a-z0-9]+\))?:(.+):([^:]+)$/.exec(scope) ?? [];
  const asked = new Set(list.split(","));
  if (type === "registry") {
    const access: AccessRequest = { type, name, actions: ["*"] };
    return asked.has("*") && caller.may(access) ? [access] : [];
  }
  if (type !== "repository" || parseRepositoryName(name) === null) return [];
  const actions = REPOSITORY_ACTIONS.filter((action) =>
    (asked.has(action) || asked.has("*")) && caller.may({ type, name, actions: [action] })
  );
  return actions.length === 0 ? [] : [{ type, name, actions }];
}

function isSame(claimed: unknown, actual: string | null): boolean {
  if (typeof claimed !== "string" || actual === null) return false;
  const encoder = new TextEncoder();
  return timingSafeEqual(encoder.encode(claimed), encoder.encode(actual));
}
