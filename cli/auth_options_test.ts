import { assertEquals } from "@std/assert";
import { authOptions } from "./auth_options.ts";
import { examine } from "./settings/settings_kit.ts";

const LEAST = "version: 0.1\nstorage: filesystem\nhttp: {addr: :5000}\n";

Deno.test("authOptions() has no scheme, rules or token server by default", () => {
  const none = { scheme: { kind: "none" as const }, access: null, issuer: null };
  assertEquals(authOptions(examine(LEAST).settings), none);
  assertEquals(authOptions(examine(`${LEAST}auth: none\n`).settings), none);
});

Deno.test("authOptions() hands on each scheme", () => {
  const schemeOf = (yaml: string): unknown => authOptions(examine(LEAST + yaml).settings).scheme;
  assertEquals(schemeOf("auth: {silly: {realm: r, service: s}}"), {
    kind: "silly",
    realm: "r",
    service: "s",
  });
  assertEquals(schemeOf("auth: {htpasswd: {realm: r, path: /etc/htpasswd}}"), {
    kind: "htpasswd",
    realm: "r",
    path: "/etc/htpasswd",
  });
  assertEquals(schemeOf("auth: {token: {realm: r, service: s, issuer: i, jwks: /k.json}}"), {
    kind: "token",
    realm: "r",
    service: "s",
    issuer: "i",
    rootcertbundle: null,
    jwks: "/k.json",
    signingalgorithms: [],
    autoredirect: false,
    autoredirectpath: "/auth/token",
  });
});

Deno.test("authOptions() hands on rules, in which a text stands for a list", () => {
  const { settings } = examine(`${LEAST}access:
  groups: {core: [alice, bob]}
  rules:
    - {who: anonymous, may: pull, repositories: public/**}
    - {who: [group:core, user:ci], may: [push, delete]}
`);
  assertEquals(authOptions(settings).access, {
    groups: { core: ["alice", "bob"] },
    rules: [
      { who: ["anonymous"], may: ["pull"], repositories: ["public/**"] },
      { who: ["group:core", "user:ci"], may: ["push", "delete"], repositories: [] },
    ],
  });
});

Deno.test("authOptions() hands on the token server, with its times in seconds", () => {
  const { settings } = examine(`version: 0.1
storage: filesystem
http: {addr: :5000, prefix: /r/}
auth:
  htpasswd: {realm: r, path: /etc/htpasswd}
  issuer: {enabled: true, keys: /var/lib/keys.json, lifetime: 10m1500ms}
`);
  assertEquals(authOptions(settings).issuer, {
    path: "/token",
    realm: null,
    urls: { host: null, prefix: "/r/", isRelative: true },
    service: "berth",
    keys: "/var/lib/keys.json",
    lifeSeconds: 601,
  });
});
