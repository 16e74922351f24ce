/**
 * The scheme `htpasswd`: a name and a password with every request (RFC 7617).
 *
 * @module
 */

import type { AccessRules } from "./access_rules.ts";
import type { Accounts } from "./accounts.ts";
import { type AccessRequest, type Authorizer, type Caller, pullOf } from "./authorizer.ts";
import { basicChallenge, denied, unauthorized } from "./challenge.ts";
import { type Credentials, readAuthorization } from "./credentials.ts";
import { RecentHeaders } from "./recent_headers.ts";

/** Somebody who was let in, by what the file of users said then. */
interface KnownCaller {
  readonly caller: Caller;
  readonly users: object;
}

/** Lets users in by their passwords; without a login, to what the rules give to everybody. */
export class HtpasswdAuthorizer implements Authorizer {
  readonly #challenge: string;
  readonly #accounts: Accounts;
  readonly #rules: AccessRules | null;
  readonly #known: RecentHeaders<KnownCaller>;

  /** Without rules every user may do everything, as in distribution. `nowMs` is any clock. */
  constructor(
    realm: string,
    accounts: Accounts,
    rules: AccessRules | null,
    nowMs: () => number,
  ) {
    this.#challenge = basicChallenge(realm);
    this.#accounts = accounts;
    this.#rules = rules;
    this.#known = new RecentHeaders(nowMs);
  }

  authorize(request: Request, access: readonly AccessRequest[]): Promise<Caller> {
    const header = request.headers.get("Authorization") ?? "";
    const known = this.#known.get(header);
    if (known === undefined) return this.#lookAt(request, header, access);
    try {
      if (known.users !== this.#accounts.users()) return this.#lookAt(request, header, access);
      return Promise.resolve(letIn(known.caller, access));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async #lookAt(
    request: Request,
    header: string,
    access: readonly AccessRequest[],
  ): Promise<Caller> {
    const authorization = readAuthorization(request.headers);
    const credentials = authorization.kind === "basic" ? authorization.credentials : null;
    const isAnonymous = authorization.kind === "none" || isNobody(credentials);
    const users = this.#accounts.users();
    const user = isAnonymous || credentials === null ? null : await this.#userOf(credentials);
    const caller = callerOf(user, this.#rules);
    if (user !== null) {
      this.#known.set(header, { caller, users });
      return letIn(caller, access);
    }
    // Clients send credentials only where /v2/ has asked for some, so it does even where much is open to everybody.
    const isOpen = isAnonymous && access.length > 0;
    if (isOpen && access.every((each) => caller.may(each))) return caller;
    throw unauthorized(this.#challenge, access);
  }

  async #userOf(credentials: Credentials): Promise<string | null> {
    return await this.#accounts.authenticate(credentials) ? credentials.user : null;
  }
}

function letIn(caller: Caller, access: readonly AccessRequest[]): Caller {
  if (access.every((each) => caller.may(each))) return caller;
  throw denied(access);
}

/** What somebody may do: by the rules; without rules every user everything. `null` is somebody without a login. */
export function callerOf(name: string | null, rules: AccessRules | null): Caller {
  const may = (access: AccessRequest): boolean => rules?.allows(name, access) ?? name !== null;
  const isUnlimited = rules === null && name !== null;
  return { name, may, sees: isUnlimited ? null : (repository) => may(pullOf(repository)) };
}

/** Once challenged, skopeo and podman send an empty name and password when they have none. */
function isNobody(credentials: Credentials | null): boolean {
  return credentials !== null && credentials.user === "" && credentials.password === "";
}
