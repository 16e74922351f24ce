/**
 * Settings of who may do what.
 *
 * @module
 */

import { count, duration, oneOf, path, rate, text, toggle, url, urlPath } from "../kinds.ts";
import { list, map, optional, required, row, section } from "../nodes.ts";

const SILLY = optional("Takes any `Authorization` header; for trying clients out.", {
  realm: required(text, "realm of the challenge"),
  service: required(text, "service of the challenge"),
}, { isOpen: true });

const HTPASSWD = optional("Names and passwords, in a file.", {
  realm: required(text, "realm of the challenge"),
  path: required(path, "file of Apache's htpasswd, with bcrypt; made if it is missing"),
}, { isOpen: true });

const TOKEN = optional("Tokens of a server that clients are sent to.", {
  realm: required(text, "URL of the token server"),
  service: required(text, "name of this registry in tokens"),
  issuer: required(text, "name of the token server in tokens"),
  rootcertbundle: row(path, null, "PEM file of certificates that tokens lead to; or `jwks`"),
  jwks: row(path, null, "JSON file of keys that sign tokens"),
  signingalgorithms: list("algorithms of tokens; all when empty", required(text, "a name")),
  autoredirect: row(toggle, "false", "whether `realm` is on the host that was asked"),
  autoredirectpath: row(text, "/auth/token", "its path there"),
}, { isOpen: true });

const ISSUER = section("berth's own token server, for the users of `auth.htpasswd`.", {
  enabled: row(toggle, "false", "whether there is one"),
  path: row(urlPath, "/token", "its path, below `http.prefix`"),
  realm: row(
    url,
    null,
    "its URL as clients reach it; if not set, `path` below `http.prefix` of `http.host`, or of the host that was asked",
  ),
  service: row(text, "berth", "name of this registry in tokens"),
  keys: row(path, null, "JSON file of its keys; made if it is missing"),
  lifetime: row(duration, "5m", "how long a token holds, from 1m to 24h"),
}, { isOpen: true });

export const AUTH = section("How callers prove who they are. One scheme.", {
  none: optional("Everybody may do everything.", {}, { isOpen: true }),
  silly: SILLY,
  htpasswd: HTPASSWD,
  token: TOKEN,
  issuer: ISSUER,
}, { isOpen: true, variants: "auth scheme" });

const RULE = section("one rule", {
  who: list(
    "`anonymous`, `authenticated`, `user:NAME`, `group:NAME`",
    required(text, "who"),
    { isLoose: true },
  ),
  may: list("what they may", required(oneOf("pull", "push", "delete", "catalog"), "a right"), {
    isLoose: true,
  }),
  repositories: list("patterns of repositories; all when empty", required(text, "a pattern"), {
    isLoose: true,
  }),
});

export const ACCESS = optional("Who may do what. berth's own.", {
  groups: map("users by group", list("users", required(text, "a user"))),
  rules: list("rights that are given; what no rule gives is refused", RULE),
});

export const LIMITS = section("What one client may ask for. berth's own.", {
  requests: section("Requests.", {
    persecond: row(rate, "0", "how many a second, on average; 0 for any"),
    burst: row(count, null, "how many at once; those of ten seconds, if not set"),
  }),
  trustforwarded: row(
    toggle,
    "false",
    "whether `X-Forwarded-For` tells who asks; only behind a proxy that sets it",
  ),
  uploads: section("Uploads.", {
    perclient: row(count, null, "how many at a time; any, if not set"),
  }),
});
