/**
 * Puts a scheme, access rules and a token issuer together, as the options say.
 *
 * @module
 */

import type { Route } from "../route.ts";
import { tokenRoute } from "../routes.ts";
import { absoluteUrl } from "../urls.ts";
import { AccessRules } from "./access_rules.ts";
import { Accounts } from "./accounts.ts";
import { type Authorizer, openAuthorizer } from "./authorizer.ts";
import { denied } from "./challenge.ts";
import { readAuthorization } from "./credentials.ts";
import { callerOf, HtpasswdAuthorizer } from "./htpasswd.ts";
import { ISSUER_ALGORITHMS, TokenIssuer } from "./issuer.ts";
import {
  type AuthOptions,
  AuthOptionsError,
  type HtpasswdOptions,
  type IssuerOptions,
  type TokenOptions,
} from "./options.ts";
import { SillyAuthorizer } from "./silly.ts";
import { SigningKeys } from "./signing_keys.ts";
import { algorithmsOf, realmOf, TokenAuthorizer } from "./token.ts";
import { getToken, postToken } from "./token_endpoint.ts";
import { TrustedKeys } from "./trusted_keys.ts";

/** What authentication needs of the process. */
export interface AuthHost {
  /** Milliseconds since 1970. */
  nowMs(): number;
  /** Tells the operator something, once. Apart from the password of a file that berth makes, it tells no secret. */
  warn(message: string): void;
}

/** The parts of an app that authentication makes. */
export interface Authentication {
  readonly authorizer: Authorizer;
  /** Routes beside those of the registry: that of the token issuer, where there is one. */
  readonly routes: readonly Route[];
  /** Ends what runs beside the event loop. */
  close(): void;
}

/**
 * Makes what the options ask for. Throws an `AuthOptionsError` for options that do not go together or name files that
 * cannot be used.
 */
export async function createAuthorizer(
  { scheme, access, issuer }: AuthOptions,
  host: AuthHost,
): Promise<Authentication> {
  if (issuer !== null && scheme.kind !== "htpasswd") {
    throw new AuthOptionsError("auth.issuer needs users: set auth.htpasswd too, or remove it");
  }
  if (access !== null && (scheme.kind === "token" || scheme.kind === "silly")) {
    throw new AuthOptionsError(
      `access has no say with auth.${scheme.kind}: ` +
        "remove it (a token says itself what it allows), or set auth.htpasswd",
    );
  }
  const rules = access === null ? null : new AccessRules(access);
  switch (scheme.kind) {
    case "none":
      return alone(rules === null ? openAuthorizer : anonymousAuthorizer(rules));
    case "silly":
      return alone(new SillyAuthorizer(scheme));
    case "token":
      return alone(await tokenAuthorizer(scheme, host));
    case "htpasswd":
      return await withAccounts(scheme, rules, issuer, host);
  }
}

function alone(authorizer: Authorizer): Authentication {
  return { authorizer, routes: [], close: (): void => {} };
}

/** Rules without a scheme: everybody is somebody without a login, whom no challenge would help. */
function anonymousAuthorizer(rules: AccessRules): Authorizer {
  const anybody = callerOf(null, rules);
  return {
    authorize: (_request, access) =>
      access.every((each) => anybody.may(each))
        ? Promise.resolve(anybody)
        : Promise.reject(denied(access)),
  };
}

async function tokenAuthorizer(options: TokenOptions, { nowMs }: AuthHost): Promise<Authorizer> {
  const keys = await TrustedKeys.load(options, nowMs);
  return new TokenAuthorizer({
    service: options.service,
    terms: { issuer: options.issuer, audience: options.service },
    algorithms: algorithmsOf(options),
    findKey: (header) => keys.find(header),
    realm: (request) => realmOf(options, request),
    seenBy: () => null,
    nowMs,
  });
}

async function withAccounts(
  { path, realm }: HtpasswdOptions,
  rules: AccessRules | null,
  issuerOptions: IssuerOptions | null,
  host: AuthHost,
): Promise<Authentication> {
  const accounts = await Accounts.open(path, host);
  const close = (): void => accounts.close();
  try {
    const basic = new HtpasswdAuthorizer(realm, accounts, rules, host.nowMs);
    if (issuerOptions === null) return { authorizer: basic, routes: [], close };
    const keys = new SigningKeys(issuerOptions.keys, host.nowMs);
    const { nowMs } = host;
    const issuer = new TokenIssuer({ options: issuerOptions, accounts, rules, keys, nowMs });
    const bearer = new TokenAuthorizer({
      service: issuerOptions.service,
      terms: issuer.terms,
      algorithms: ISSUER_ALGORITHMS,
      findKey: (header) => keys.find(header),
      realm: (request) => realmOfIssuer(issuerOptions, request),
      seenBy: (user) => callerOf(user, rules).sees,
      nowMs,
    });
    const route = tokenRoute(issuerOptions.path, getToken(issuer), postToken(issuer));
    return { authorizer: basicOrBearer(basic, bearer, rules), routes: [route], close };
  } catch (error) {
    close();
    throw error;
  }
}

/**
 * Passwords are taken too, from whoever sends one without being asked; the challenge asks for a token. What the rules
 * give to everybody needs neither.
 */
function basicOrBearer(
  basic: Authorizer,
  bearer: Authorizer,
  rules: AccessRules | null,
): Authorizer {
  const anybody = callerOf(null, rules);
  return {
    authorize(request, access): ReturnType<Authorizer["authorize"]> {
      const header = request.headers.get("Authorization") ?? "";
      const isOpen = header === "" && access.length > 0 &&
        access.every((each) => anybody.may(each));
      if (isOpen) return Promise.resolve(anybody);
      const isBasic = /^basic /i.test(header) &&
        readAuthorization(request.headers).kind === "basic";
      return (isBasic ? basic : bearer).authorize(request, access);
    },
  };
}

function realmOfIssuer({ path, realm, urls }: IssuerOptions, request: Request): string {
  return realm ?? absoluteUrl(request, path, urls);
}
