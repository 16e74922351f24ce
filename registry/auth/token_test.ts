import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { Buffer } from "node:buffer";
import { generateKeyPairSync } from "node:crypto";
import {
  bearer,
  claimsOf,
  type GuardedRegistry,
  keySetOf,
  makeKey,
  tokenOptions,
  withDirectory,
  withGuard,
} from "./auth_kit.ts";
import { type JWK, thumbprint } from "./jwt.ts";
import { AuthOptionsError, type TokenOptions } from "./options.ts";

const KEY = makeKey("first");
const PULL = { type: "repository", name: "app", actions: ["pull"] };
const TAGS = "/v2/app/tags/list";
const CHALLENGE = 'Bearer realm="https://auth.test/token",service="registry.test"';
const PULL_CHALLENGE = `${CHALLENGE},scope="repository:app:pull"`;
const INVALID = `${PULL_CHALLENGE},error="invalid_token"`;
const INSUFFICIENT = `${PULL_CHALLENGE},error="insufficient_scope"`;

/** Status of a list of the tags of a repository that is not there, for whoever may ask. */
const LET_IN: [number, null] = [404, null];

function withTokens(
  body: (registry: GuardedRegistry) => Promise<void>,
  changes: Partial<TokenOptions> = {},
  keySet = keySetOf(KEY),
): Promise<void> {
  return withDirectory(async (directory) => {
    const path = `${directory}/jwks.json`;
    await Deno.writeTextFile(path, keySet);
    await withGuard({ scheme: tokenOptions(path, changes) }, body);
  });
}

Deno.test("token challenges with the scope of each operation, and never asks at the root", async () => {
  const cases: readonly [string, string, string][] = [
    ["GET", "/v2/", ""],
    ["GET", "/v2/_catalog", "registry:catalog:*"],
    ["GET", "/v2/a/b/tags/list", "repository:a/b:pull"],
    ["HEAD", "/v2/a/b/manifests/x", "repository:a/b:pull"],
    ["PUT", "/v2/a/b/manifests/x", "repository:a/b:pull,push"],
    ["DELETE", "/v2/a/b/manifests/x", "repository:a/b:delete"],
    ["POST", "/v2/a/b/blobs/uploads/", "repository:a/b:pull,push"],
    [
      "POST",
      "/v2/a/b/blobs/uploads/?mount=sha256:aa&from=c/d",
      "repository:a/b:pull,push repository:c/d:pull",
    ],
    ["POST", "/v2/a/b/blobs/uploads/?mount=sha256:aa&from=a/b", "repository:a/b:pull,push"],
    ["GET", "/v2/a/b/referrers/sha256:aa", "repository:a/b:pull"],
  ];
  await withTokens(async ({ ask }) => {
    assertEquals(await ask("GET", "/"), [200, null]);
    for (const [method, path, scope] of cases) {
      const wanted = CHALLENGE + (scope === "" ? "" : `,scope="${scope}"`);
      assertEquals(await ask(method, path), [401, wanted], path);
    }
  });
});

Deno.test("token lets in whoever has a token that allows what is asked, and nothing else", async () => {
  await withTokens(async ({ ask }) => {
    const pull = await bearer(claimsOf([PULL]), KEY);
    assertEquals(await ask("GET", TAGS, pull), LET_IN);
    assertEquals(await ask("GET", TAGS, pull.replace("Bearer", "bEARER")), LET_IN);
    assertEquals(await ask("GET", "/v2/", pull), [200, null]);
    assertEquals((await ask("GET", "/v2/other/tags/list", pull))[0], 401);
    assertEquals(await ask("PUT", "/v2/app/manifests/x", pull), [
      401,
      `${CHALLENGE},scope="repository:app:pull,push",error="insufficient_scope"`,
    ]);
    assertEquals(await ask("GET", TAGS, await bearer(claimsOf([]), KEY)), [401, INSUFFICIENT]);
  });
});

Deno.test("token takes the actions of several entries together, and * for all", async () => {
  await withTokens(async ({ ask }) => {
    const push = { ...PULL, class: "image", actions: ["push"] };
    const both = await bearer(claimsOf([PULL, push]), KEY);
    assertEquals((await ask("POST", "/v2/app/blobs/uploads/", both))[0], 202);
    const all = await bearer(claimsOf([{ ...PULL, actions: ["*"] }]), KEY);
    assertEquals((await ask("POST", "/v2/app/blobs/uploads/", all))[0], 202);
    assertEquals((await ask("DELETE", "/v2/app/manifests/x", all))[0], 404);
    const catalog = { type: "registry", name: "catalog", actions: ["*"] };
    assertEquals((await ask("GET", "/v2/_catalog", all))[0], 401);
    const seeing = await bearer(claimsOf([catalog]), KEY);
    assertEquals((await ask("GET", "/v2/_catalog", seeing))[0], 200);
  });
});

Deno.test("a mount needs the right to read its source", async () => {
  await withTokens(async ({ ask }) => {
    const mount = "/v2/app/blobs/uploads/?mount=sha256:" + "a".repeat(64) + "&from=base";
    const push = { ...PULL, actions: ["pull", "push"] };
    assertEquals((await ask("POST", mount, await bearer(claimsOf([push]), KEY)))[0], 401);
    const both = await bearer(claimsOf([push, { ...PULL, name: "base" }]), KEY);
    assertEquals((await ask("POST", mount, both))[0], 202);
  });
});

Deno.test("token refuses claims of others, and those that are malformed", async () => {
  const wrong: readonly Readonly<Record<string, unknown>>[] = [
    { iss: "other.test" },
    { iss: undefined },
    { aud: "other.test" },
    { aud: ["other.test"] },
    { aud: undefined },
    { aud: "registry.test.evil" },
    { exp: undefined },
    { exp: "soon" },
    { nbf: "now" },
    { access: "all" },
    { access: ["all"] },
    { access: [null] },
  ];
  await withTokens(async ({ ask }) => {
    for (const changes of wrong) {
      const token = await bearer(claimsOf([PULL], changes), KEY);
      assertEquals(await ask("GET", TAGS, token), [401, INVALID], JSON.stringify(changes));
    }
    const many = await bearer(claimsOf([PULL], { aud: ["other.test", "registry.test"] }), KEY);
    assertEquals(await ask("GET", TAGS, many), LET_IN);
    const null_ = await bearer(claimsOf([], { access: null }), KEY);
    assertEquals(await ask("GET", TAGS, null_), [401, INSUFFICIENT]);
  });
});

Deno.test("token gives clocks a minute, before and after, also for tokens that it remembers", async () => {
  await withTokens(async ({ ask, clock }) => {
    const token = await bearer(claimsOf([PULL]), KEY);
    const start = clock.ms;
    const statusAt = async (seconds: number): Promise<number> => {
      clock.ms = start + seconds * 1000;
      return (await ask("GET", TAGS, token))[0];
    };
    assertEquals(await statusAt(-61), 401);
    assertEquals(await statusAt(-60), 404);
    assertEquals(await statusAt(300), 404);
    assertEquals(await statusAt(360), 404);
    assertEquals(await statusAt(361), 401);
    const late = await bearer(claimsOf([PULL], { jti: "not remembered" }), KEY);
    assertEquals((await ask("GET", TAGS, late))[0], 401);
  });
});

Deno.test("token refuses what is signed by another key, by none, or not at all", async () => {
  const encode = (value: unknown): string => {
    return Buffer.from(JSON.stringify(value)).toString("base64url");
  };
  const claims = encode(claimsOf([PULL]));
  const token = await bearer(claimsOf([PULL]), KEY);
  const [head = "", , signature = ""] = token.split(".");
  const forged = makeKey("first");
  const header = (changes: Readonly<Record<string, unknown>>): string => {
    return `Bearer ${encode({ alg: "EdDSA", kid: "first", ...changes })}.${claims}.`;
  };
  const wrong = [
    await bearer(claimsOf([PULL]), forged),
    await bearer(claimsOf([PULL]), makeKey("second")),
    await bearer(claimsOf([PULL]), { ...KEY, kid: "../../jwks.json" }),
    await bearer(claimsOf([PULL]), { ...KEY, kid: "__proto__" }),
    `${head}.${encode(claimsOf([{ ...PULL, actions: ["*"] }]))}.${signature}`,
    header({ alg: "none" }),
    header({ alg: "none" }) + signature,
    header({ alg: "HS256" }) + signature,
    header({ alg: "RS256" }) + signature,
    header({ jwk: null }) + signature,
    header({ jwk: { kty: "oct", k: "c2VjcmV0" } }) + signature,
    header({ x5c: [] }) + signature,
    header({ x5c: "MIIB" }) + signature,
    header({ x5c: ["AAAA"] }) + signature,
    header({ x5c: Array(11).fill("AAAA") }) + signature,
    header({ crit: ["exp"] }) + signature,
    "Bearer x",
    "Bearer ..",
    "Bearer a.b.c.d.e",
    `Bearer ${"a".repeat(100_000)}`,
    `${token}, ${token}`,
  ];
  await withTokens(async ({ ask }) => {
    for (const authorization of wrong) {
      const answer = await ask("GET", TAGS, authorization);
      assertEquals(answer, [401, INVALID], authorization.slice(0, 200));
    }
    for (const authorization of ["Bearer", "Bearer ", "Basic YTpi", "x"]) {
      assertEquals(await ask("GET", TAGS, authorization), [401, PULL_CHALLENGE], authorization);
    }
  });
});

Deno.test("token takes no public key for the secret of a signature", async () => {
  const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const jwk = { ...publicKey.export({ format: "jwk" }) as JWK, kid: "rsa" };
  const encode = (text: string): string => Buffer.from(text).toString("base64url");
  const signed = `${encode('{"alg":"HS256","kid":"rsa"}')}.${
    encode(JSON.stringify(claimsOf([PULL])))
  }`;
  const secret = await crypto.subtle.importKey(
    "raw",
    new TextEncoder().encode(String(publicKey.export({ format: "pem", type: "spki" }))),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  const mac = await crypto.subtle.sign("HMAC", secret, new TextEncoder().encode(signed));
  const forged = `Bearer ${signed}.${Buffer.from(mac).toString("base64url")}`;
  await withTokens(
    async ({ ask }) => assertEquals(await ask("GET", TAGS, forged), [401, INVALID]),
    {},
    keySetOf(jwk),
  );
});

Deno.test("token finds the key of a set by kid and by thumbprint", async () => {
  const named = makeKey("named");
  const { kid: _kid, ...nameless } = makeKey("");
  const { d: _private, ...publicKey } = nameless;
  const id = await thumbprint(publicKey);
  await withTokens(
    async ({ ask }) => {
      const claims = claimsOf([PULL]);
      assertEquals(await ask("GET", TAGS, await bearer(claims, named)), LET_IN);
      assertEquals(await ask("GET", TAGS, await bearer(claims, { ...nameless, kid: id })), LET_IN);
      assertEquals(await ask("GET", TAGS, await bearer(claims, nameless)), [401, INVALID]);
    },
    {},
    JSON.stringify({ keys: [JSON.parse(keySetOf(named)).keys[0], publicKey] }),
  );
});

Deno.test("token takes only the algorithms that are listed", async () => {
  await withTokens(async ({ ask }) => {
    const token = await bearer(claimsOf([PULL]), KEY);
    assertEquals(await ask("GET", TAGS, token), [401, INVALID]);
  }, { signingalgorithms: ["ES256", "RS256"] });
  await withTokens(async ({ ask }) => {
    const token = await bearer(claimsOf([PULL]), KEY);
    assertEquals(await ask("GET", TAGS, token), LET_IN);
  }, { signingalgorithms: ["EdDSA"] });
});

Deno.test("token sends clients to a path on the host that they asked, when told so", async () => {
  await withTokens(async ({ ask, send }) => {
    const scope = 'service="registry.test"';
    const [, challenge] = await ask("GET", "/v2/");
    assertEquals(challenge, `Bearer realm="https://registry.test/auth/token",${scope}`);
    const askAs = async (proto: string): Promise<string | null> => {
      const answer = await send("GET", "/v2/", { headers: { "X-Forwarded-Proto": proto } });
      return answer.header("WWW-Authenticate");
    };
    assertMatch(await askAs("http") ?? "", /realm="http:\/\/registry\.test\/auth\/token"/);
    assertMatch(await askAs('evil",x="') ?? "", /realm="https:\/\/registry\.test\/auth\/token"/);
  }, { autoredirect: true });
  await withTokens(async ({ ask }) => {
    const [, challenge] = await ask("GET", "/v2/");
    assertStringIncludes(challenge ?? "", 'realm="https://registry.test/elsewhere"');
  }, { autoredirect: true, autoredirectpath: "/elsewhere" });
});

Deno.test("token says at the start what is wrong with its files and algorithms", async () => {
  const nothing = (): Promise<void> => Promise.resolve();
  const cases: readonly [Partial<TokenOptions>, string, string][] = [
    [{}, '{"keys":[]}', "auth.token has no key"],
    [{}, '{"keys":[{"kty":"oct","k":"c2VjcmV0","kid":"a"}]}', "auth.token has no key"],
    [{}, "{}", "auth.token.jwks: cannot read"],
    [{}, "secret", "auth.token.jwks: cannot read"],
    [{ jwks: null }, "", "auth.token has no key"],
    [{ jwks: null, rootcertbundle: "/none.pem" }, "", "auth.token.rootcertbundle: cannot read"],
    [{ signingalgorithms: ["HS256"] }, keySetOf(KEY), '"HS256" is none of EdDSA, RS256'],
    [{ signingalgorithms: ["none"] }, keySetOf(KEY), '"none" is none of EdDSA'],
  ];
  for (const [changes, keySet, message] of cases) {
    await assertRejects(() => withTokens(nothing, changes, keySet), AuthOptionsError, message);
  }
});
