/**
 * What the settings say of authentication and access, as the registry takes it.
 *
 * @module
 */

import type { AuthOptions, IssuerOptions, SchemeOptions } from "../registry/auth/options.ts";
import type { UrlOptions } from "../registry/urls.ts";
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

function issuerOptions(settings: Settings): IssuerOptions | null {
  const { issuer } = settings.auth;
  if (!issuer.enabled || issuer.keys === null) return null;
  const { path, realm, service, keys, lifetime } = issuer;
  // Clients read whole seconds.
  const lifeSeconds = Math.floor(lifetime / MS_PER_SECOND);
  return { path, realm, urls: urlOptions(settings), service, keys, lifeSeconds };
}

/** How the registry writes its addresses. */
export function urlOptions({ http: { host, prefix, relativeurls } }: Settings): UrlOptions {
  return { host, prefix, isRelative: relativeurls };
}
