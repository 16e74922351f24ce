/**
 * What the settings say of authentication and access, as the registry takes it.
 *
 * @module
 */

import type { AuthOptions, IssuerOptions, SchemeOptions } from "../registry/auth/options.ts";
import type { Settings } from "./settings/table.ts";

const MS_PER_SECOND = 1_000;

/** The scheme, the rules and the token server of the settings. */
export function authOptions(settings: Settings): AuthOptions {
  return {
    scheme: schemeOptions(settings),
    access: settings.access === null ? null : {
      groups: settings.access.groups,
      rules: settings.access.rules,
    },
    issuer: issuerOptions(settings),
  };
}

function schemeOptions({ auth }: Settings): SchemeOptions {
  if (auth.silly !== null) return { kind: "silly", ...auth.silly };
  if (auth.htpasswd !== null) return { kind: "htpasswd", ...auth.htpasswd };
  return auth.token === null ? { kind: "none" } : { kind: "token", ...auth.token };
}

function issuerOptions({ auth: { issuer } }: Settings): IssuerOptions | null {
  if (!issuer.enabled || issuer.keys === null) return null;
  const { path, realm, service, keys, lifetime } = issuer;
  return { path, realm, service, keys, lifeSeconds: lifetime / MS_PER_SECOND };
}
