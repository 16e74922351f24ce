/**
 * The scheme `silly`: any `Authorization` will do. For trying clients out.
 *
 * @module
 */

import type { AccessRequest, Authorizer, Caller } from "./authorizer.ts";
import { bearerChallenge, unauthorized } from "./challenge.ts";
import type { SillyOptions } from "./options.ts";

const SILLY: Caller = { name: "silly", may: () => true, sees: null };

/** Lets everybody in who sends the header, whatever it says. */
export class SillyAuthorizer implements Authorizer {
  readonly #options: SillyOptions;

  constructor(options: SillyOptions) {
    this.#options = options;
  }

  /** The challenge has a scope for every action, where other schemes join those of a repository. */
  authorize(request: Request, access: readonly AccessRequest[]): Promise<Caller> {
    if ((request.headers.get("Authorization") ?? "") !== "") return Promise.resolve(SILLY);
    const { realm, service } = this.#options;
    const scope = access.flatMap(({ type, name, actions }) =>
      actions.map((action) => `${type}:${name}:${action}`)
    ).join(" ");
    return Promise.reject(unauthorized(bearerChallenge({ realm, service, scope }), access));
  }
}
