import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import {
  REFRESH_TOKEN_LIFE_SECONDS,
  SIGNING_KEY_LIFE_SECONDS,
  TOKEN_FORM_BYTES_MAX,
} from "../../storage/limits.ts";
import { assertAnswer, type ReadAnswer } from "../app_kit.ts";
import { RELATIVE_URLS, type UrlOptions } from "../urls.ts";
import type { AccessOptions } from "./access_rules.ts";
import { basic, type GuardedRegistry, USERS_FILE, withDirectory, withGuard } from "./auth_kit.ts";
import { AuthOptionsError } from "./options.ts";

const ALICE = basic("alice", "ecila");

const ACCESS: AccessOptions = {
  groups: {},
  rules: [
    { who: ["anonymous"], may: ["pull"], repositories: ["public/**"] },
    { who: ["authenticated"], may: ["pull", "catalog"], repositories: [] },
    { who: ["user:alice"], may: ["push"], repositories: ["team/*"] },
  ],
};

function withIssuer(
  body: (registry: GuardedRegistry, directory: string) => Promise<void>,
  access: AccessOptions | null = ACCESS,
  urls: UrlOptions = RELATIVE_URLS,
): Promise<void> {
  return withDirectory(async (directory) => {
    const path = `${directory}/htpasswd`;
    await Deno.writeTextFile(path, USERS_FILE);
    await withGuard({
      scheme: { kind: "htpasswd", realm: "r", path },
      access,
      issuer: {
        path: "/token",
        realm: null,
        urls,
        service: "registry.test",
        keys: `${directory}/keys.json`,
        lifeSeconds: 300,
      },
    }, (registry) => body(registry, directory));
  });
}

interface TokenAnswer {
  readonly token: string;
  readonly access_token: string;
  readonly scope: string;
  readonly expires_in: number;
  readonly issued_at: string;
  readonly refresh_token?: string;
}

function tokenOf(answer: ReadAnswer): TokenAnswer {
  assertAnswer(answer, 200);
  assertEquals(answer.header("Cache-Control"), "no-store");
  return answer.json() as TokenAnswer;
}

async function getToken(
  { send }: GuardedRegistry,
  query: string,
  authorization?: string,
): Promise<TokenAnswer> {
  const headers = authorization === undefined ? {} : { Authorization: authorization };
  return tokenOf(await send("GET", `/token?${query}`, { headers }));
}

function postForm(
  { send }: GuardedRegistry,
  form: Readonly<Record<string, string>>,
): Promise<ReadAnswer> {
  return send("POST", "/token", {
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
    body: String(new URLSearchParams(form)),
  });
}

const PASSWORD_FORM = { grant_type: "password", username: "alice", password: "ecila" };

Deno.test("the issuer is where challenges send clients to", async () => {
  await withIssuer(async ({ ask }) => {
    const challenge = 'Bearer realm="http://registry.test/token",service="registry.test"';
    assertEquals(await ask("GET", "/v2/"), [401, challenge]);
    assertEquals(await ask("PUT", "/v2/team/app/manifests/x"), [
      401,
      `${challenge},scope="repository:team/app:pull,push"`,
    ]);
  });
});

/** How the registry is reached, and where its challenges then send clients to. */
const REALMS: readonly (readonly [
  urls: Partial<UrlOptions>,
  headers: Readonly<Record<string, string>>,
  realm: string,
])[] = [
  [{}, {}, "http://registry.test/token"],
  [{}, { Host: "a.test:5000" }, "http://a.test:5000/token"],
  [{}, { "X-Forwarded-Proto": "https" }, "https://registry.test/token"],
  [
    {},
    { "X-Forwarded-Proto": "https", "X-Forwarded-Host": "b.test:8443, c.test" },
    "https://b.test:8443/token",
  ],
  [{}, { Forwarded: "for=192.0.2.1;proto=https;host=b.test" }, "https://b.test/token"],
  [{ isRelative: false }, { "X-Forwarded-Proto": "https" }, "https://registry.test/token"],
  [{ prefix: "/r/" }, { "X-Forwarded-Proto": "https" }, "https://registry.test/r/token"],
  [{ prefix: "/r/", host: "https://h.test" }, { Host: "a.test" }, "https://h.test/r/token"],
  [{ prefix: "/r/", host: "https://h.test/x" }, { Host: "a.test" }, "https://h.test/x/token"],
];

Deno.test("the issuer's URL is where the registry is, with its host and prefix", async () => {
  for (const [urls, headers, realm] of REALMS) {
    await withIssuer(
      async ({ send }) => {
        const path = `${urls.prefix ?? "/"}v2/`;
        const challenge = (await send("GET", path, { headers })).header("WWW-Authenticate");
        assertEquals(challenge, `Bearer realm="${realm}",service="registry.test"`);
      },
      ACCESS,
      { ...RELATIVE_URLS, ...urls },
    );
  }
});

Deno.test("a token lets its user do what it was asked for", async () => {
  await withIssuer(async (registry) => {
    const query = "service=registry.test&account=alice&scope=repository:team/app:pull,push";
    const answer = await getToken(registry, query, ALICE);
    assertEquals(answer.token, answer.access_token);
    assertEquals(answer.scope, "repository:team/app:pull,push");
    assertEquals([answer.expires_in, answer.issued_at], [300, "2026-01-01T00:00:00.000Z"]);
    assertEquals(answer.refresh_token, undefined);
    const { ask } = registry;
    const token = `Bearer ${answer.token}`;
    assertEquals(await ask("GET", "/v2/", token), [200, null]);
    assertEquals((await ask("POST", "/v2/team/app/blobs/uploads/", token))[0], 202);
    assertEquals((await ask("POST", "/v2/team/other/blobs/uploads/", token))[0], 401);
    registry.clock.ms += 361_000;
    assertEquals((await ask("GET", "/v2/", token))[0], 401);
  });
});

Deno.test("a token allows what the rules give, and no more", async () => {
  await withIssuer(async (registry) => {
    const scopeFor = async (query: string, who?: string): Promise<string> => {
      return (await getToken(registry, query, who)).scope;
    };
    const bob = basic("bob", "bob");
    assertEquals(
      await scopeFor("scope=repository:team/a:pull,push,delete", bob),
      "repository:team/a:pull",
    );
    assertEquals(await scopeFor("scope=repository:team/a:*", ALICE), "repository:team/a:pull,push");
    assertEquals(await scopeFor("scope=repository:team/a:pull", undefined), "");
    assertEquals(
      await scopeFor(
        "scope=repository:public/a:pull,push repository:b:pull&scope=registry:catalog:*",
      ),
      "repository:public/a:pull",
    );
    assertEquals(
      await scopeFor(
        "scope=repository(plugin):a:pull&scope=registry:catalog:*&scope=x&scope=a:b:c",
        bob,
      ),
      "repository:a:pull registry:catalog:*",
    );
    assertEquals(await scopeFor("scope=repository:../a:pull&scope=repository:A:pull", bob), "");
    assertEquals(await scopeFor("", bob), "");
  });
});

Deno.test("anybody gets a token where the rules give anything to anybody, and nowhere else", async () => {
  await withIssuer(async (registry) => {
    const { token } = await getToken(registry, "scope=repository:public/a:pull");
    const { ask } = registry;
    assertEquals((await ask("GET", "/v2/public/a/tags/list", `Bearer ${token}`))[0], 404);
    assertEquals((await ask("GET", "/v2/team/a/tags/list", `Bearer ${token}`))[0], 401);
  });
  await withIssuer(async ({ ask }) => {
    assertEquals(await ask("GET", "/token"), [401, 'Basic realm="registry.test"']);
  }, null);
});

Deno.test("what the rules give to anybody needs no token, but /v2/ asks for one", async () => {
  await withIssuer(async ({ ask }) => {
    assertEquals(await ask("GET", "/v2/public/a/tags/list"), [404, null]);
    assertEquals((await ask("GET", "/v2/team/a/tags/list"))[0], 401);
    assertEquals((await ask("POST", "/v2/public/a/blobs/uploads/"))[0], 401);
    assertEquals((await ask("GET", "/v2/public/a/tags/list", "Bearer wrong"))[0], 401);
    assertEquals((await ask("GET", "/v2/"))[0], 401);
    assertEquals((await ask("GET", "/v2/_catalog"))[0], 401);
  });
  await withIssuer(async ({ ask }) => {
    assertEquals((await ask("GET", "/v2/public/a/tags/list"))[0], 401);
  }, null);
});

Deno.test("the issuer refuses wrong credentials, be there something for anybody or not", async () => {
  await withIssuer(async (registry) => {
    const challenge = 'Basic realm="registry.test"';
    for (const wrong of [basic("alice", "x"), basic("x", "ecila"), "Basic !", "Bearer x", "x"]) {
      assertEquals(await registry.ask("GET", "/token", wrong), [401, challenge], wrong);
    }
    const answer = await postForm(registry, { ...PASSWORD_FORM, password: "wrong" });
    assertAnswer(answer, 401, "UNAUTHORIZED");
    assertEquals(answer.text.includes("wrong"), false);
  });
});

Deno.test("a form with a password gets a token too", async () => {
  await withIssuer(async (registry) => {
    const scope = "repository:team/a:pull repository:team/b:push";
    const { token, scope: given } = tokenOf(await postForm(registry, { ...PASSWORD_FORM, scope }));
    assertEquals(given, scope);
    assertEquals((await registry.ask("GET", "/v2/team/a/tags/list", `Bearer ${token}`))[0], 404);
  });
});

Deno.test("a form that is none, too long or of another grant is refused", async () => {
  await withIssuer(async (registry) => {
    assertAnswer(await postForm(registry, {}), 400, "UNSUPPORTED");
    assertAnswer(await postForm(registry, { grant_type: "toString" }), 400, "UNSUPPORTED");
    const long = { ...PASSWORD_FORM, scope: "a".repeat(TOKEN_FORM_BYTES_MAX) };
    assertAnswer(await postForm(registry, long), 413, "UNSUPPORTED");
    const json = { headers: { "Content-Type": "application/json" }, body: "{}" };
    assertAnswer(await registry.send("POST", "/token", json), 400, "UNSUPPORTED");
    assertAnswer(await registry.send("PUT", "/token"), 405, "UNSUPPORTED");
  });
});

Deno.test("a refresh token gets tokens until it expires, and is none itself", async () => {
  await withIssuer(async (registry) => {
    const { refresh_token = "" } = await getToken(registry, "offline_token=true", ALICE);
    assert(refresh_token !== "");
    assertEquals((await registry.ask("GET", "/v2/", `Bearer ${refresh_token}`))[0], 401);
    const form = { grant_type: "refresh_token", refresh_token, scope: "repository:a:pull" };
    assertEquals(tokenOf(await postForm(registry, form)).scope, "repository:a:pull");
    const { token } = await getToken(registry, "", ALICE);
    assertAnswer(await postForm(registry, { ...form, refresh_token: token }), 401, "UNAUTHORIZED");
    assertAnswer(await postForm(registry, { ...form, refresh_token: "" }), 401, "UNAUTHORIZED");
    registry.clock.ms += REFRESH_TOKEN_LIFE_SECONDS * 1000;
    assertEquals((await postForm(registry, form)).status, 200);
    registry.clock.ms += 61_000;
    assertAnswer(await postForm(registry, form), 401, "UNAUTHORIZED");
  });
});

Deno.test("a refresh token ends with the password that it was given for", async () => {
  await withIssuer(async (registry, directory) => {
    const { refresh_token = "" } = tokenOf(
      await postForm(registry, { ...PASSWORD_FORM, access_type: "offline" }),
    );
    const form = { grant_type: "refresh_token", refresh_token };
    const [, bob = ""] = /^bob:(.*)$/m.exec(USERS_FILE) ?? [];
    await Deno.writeTextFile(`${directory}/htpasswd`, `alice:${bob}\n`);
    registry.clock.ms += 1_000;
    assertAnswer(await postForm(registry, form), 401, "UNAUTHORIZED");
    await Deno.writeTextFile(`${directory}/htpasswd`, "\n");
    registry.clock.ms += 1_000;
    assertAnswer(await postForm(registry, form), 401, "UNAUTHORIZED");
  });
});

Deno.test("the catalog shows the user of a token what the rules say", async () => {
  await withIssuer(async (registry) => {
    const { token } = await getToken(registry, "scope=registry:catalog:*", ALICE);
    const headers = { Authorization: `Bearer ${token}` };
    assertEquals((await registry.send("GET", "/v2/_catalog", { headers })).json(), {
      repositories: [],
    });
  });
});

Deno.test("a password is taken without a token too", async () => {
  await withIssuer(async ({ ask }) => {
    assertEquals(await ask("GET", "/v2/team/a/tags/list", ALICE), [404, null]);
    assertEquals((await ask("DELETE", "/v2/team/a/manifests/x", ALICE))[0], 403);
  });
});

async function keyIds(directory: string): Promise<readonly string[]> {
  const text = await Deno.readTextFile(`${directory}/keys.json`);
  return (JSON.parse(text) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);
}

Deno.test("the keys are in a file of the owner, shared by all who open it", async () => {
  await withIssuer(async (registry, directory) => {
    const { mode } = await Deno.stat(`${directory}/keys.json`);
    assertEquals((mode ?? 0) & 0o777, 0o600);
    const { token } = await getToken(registry, "", ALICE);
    await withGuard({
      scheme: { kind: "htpasswd", realm: "r", path: `${directory}/htpasswd` },
      issuer: {
        path: "/token",
        realm: "https://elsewhere.test/token",
        urls: RELATIVE_URLS,
        service: "registry.test",
        keys: `${directory}/keys.json`,
        lifeSeconds: 60,
      },
    }, async ({ ask }) => {
      assertEquals(await ask("GET", "/v2/", `Bearer ${token}`), [200, null]);
      const [, challenge] = await ask("GET", "/v2/");
      assertEquals(
        challenge,
        'Bearer realm="https://elsewhere.test/token",service="registry.test"',
      );
    });
  });
});

Deno.test("keys are replaced in time, and the old ones go on checking what they have signed", async () => {
  await withIssuer(async (registry, directory) => {
    const { refresh_token = "" } = await getToken(registry, "offline_token=true", ALICE);
    const [first = ""] = await keyIds(directory);
    registry.clock.ms += SIGNING_KEY_LIFE_SECONDS * 1000;
    const { token } = await getToken(registry, "", ALICE);
    const [second, last] = await keyIds(directory);
    assertNotEquals(second, first);
    assertEquals(last, first);
    assertEquals((await registry.ask("GET", "/v2/", `Bearer ${token}`))[0], 200);
    const form = { grant_type: "refresh_token", refresh_token };
    assertEquals((await postForm(registry, form)).status, 200);
    registry.clock.ms += (SIGNING_KEY_LIFE_SECONDS + REFRESH_TOKEN_LIFE_SECONDS) * 1000;
    await getToken(registry, "", ALICE);
    assertEquals((await keyIds(directory)).includes(first), false);
  });
});

Deno.test("the issuer says at the start what is wrong with its options", async () => {
  const nothing = (): Promise<void> => Promise.resolve();
  await withDirectory(async (directory) => {
    const issuer = {
      path: "/token",
      realm: null,
      urls: RELATIVE_URLS,
      service: "s",
      keys: `${directory}/none/keys.json`,
      lifeSeconds: 300,
    };
    await assertRejects(
      () => withGuard({ issuer }, nothing),
      AuthOptionsError,
      "auth.issuer needs users: set auth.htpasswd too",
    );
    await Deno.writeTextFile(`${directory}/htpasswd`, USERS_FILE);
    const scheme = { kind: "htpasswd", realm: "r", path: `${directory}/htpasswd` } as const;
    await assertRejects(
      () => withGuard({ scheme, issuer }, nothing),
      AuthOptionsError,
      "auth.issuer.keys: cannot write",
    );
    await Deno.writeTextFile(`${directory}/keys.json`, "{}");
    await assertRejects(
      () => withGuard({ scheme, issuer: { ...issuer, keys: `${directory}/keys.json` } }, nothing),
      AuthOptionsError,
      "auth.issuer.keys: cannot read",
    );
  });
});
