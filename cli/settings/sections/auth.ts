/**
 * Settings of who may do what.
 *
 * @module
 */

import { path, text, toggle } from "../kinds.ts";
import { list, optional, refused, row, section } from "../nodes.ts";

const NOT_YET = refused("this scheme is not served; let a reverse proxy check passwords");

export const AUTH = section("How callers prove who they are. One scheme.", {
  none: optional("Everybody may do everything.", {}, { isOpen: true }),
  silly: optional("Takes any Authorization header; for tests.", {
    realm: row(text, null, "realm of the challenge"),
    service: row(text, null, "service of the challenge"),
  }, { isOpen: true, ...NOT_YET }),
  htpasswd: optional("Names and passwords, in a file.", {
    realm: row(text, null, "realm of the challenge"),
    path: row(path, null, "file of Apache's htpasswd, with bcrypt; made if it is missing"),
  }, { isOpen: true, ...NOT_YET }),
  token: optional("Tokens of a server that the clients are sent to.", {
    realm: row(text, null, "URL of the token server"),
    service: row(text, null, "name of this registry in tokens"),
    issuer: row(text, null, "name of the token server in tokens"),
    rootcertbundle: row(path, null, "PEM file of certificates that tokens lead to"),
    jwks: row(path, null, "file of keys that sign tokens"),
    signingalgorithms: list("algorithms that tokens may use", row(text, null, "an algorithm")),
    autoredirect: row(toggle, "false", "whether `realm` is made of the host that was asked"),
    autoredirectpath: row(text, "/auth/token", "its path then"),
  }, { isOpen: true, ...NOT_YET }),
}, { isOpen: true, variants: "auth scheme" });
