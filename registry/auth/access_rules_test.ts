import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { assertAnswer, pushImage } from "../app_kit.ts";
import { type AccessOptions, AccessRules } from "./access_rules.ts";
import type { Action } from "./authorizer.ts";
import { basic, type GuardedRegistry, tokenOptions, withGuard, withUsers } from "./auth_kit.ts";
import { AuthOptionsError } from "./options.ts";

const OPTIONS: AccessOptions = {
  groups: { developers: ["alice"] },
  rules: [
    { who: ["anonymous"], may: ["pull"], repositories: ["public/**"] },
    { who: ["authenticated"], may: ["pull", "catalog"], repositories: ["team/**"] },
    { who: ["group:developers", "user:ci"], may: ["push"], repositories: ["team/*", "base"] },
    { who: ["user:alice"], may: ["delete"], repositories: [] },
  ],
};

Deno.test("AccessRules.allows() gives what some rule gives to the caller", () => {
  const rules = new AccessRules(OPTIONS);
  const may = (user: string | null, name: string, ...actions: Action[]): boolean =>
    rules.allows(user, { type: "repository", name, actions });
  assertEquals(may(null, "public/a/b", "pull"), true);
  assertEquals(may("bob", "public/a", "pull"), true, "anonymous is everybody");
  assertEquals(may(null, "team/a", "pull"), false);
  assertEquals(may("bob", "team/a", "pull"), true);
  assertEquals(may("bob", "team/a", "pull", "push"), false);
  assertEquals(may("alice", "team/a", "pull", "push"), true);
  assertEquals(may("ci", "base", "pull", "push"), true, "a push reads too");
  assertEquals(may("alice", "team/a/b", "push"), false, "* is one component");
  assertEquals(may("alice", "other", "delete"), true);
  assertEquals(may("alice", "other", "pull"), false);
  assertEquals(may("developers", "team/a", "push"), false);
  assertEquals(may("alice", "team/a", "*"), false);
});

Deno.test("AccessRules.allows() keeps the catalog apart from repositories", () => {
  const rules = new AccessRules(OPTIONS);
  const catalog = { type: "registry", name: "catalog", actions: ["*"] } as const;
  assertEquals(rules.allows(null, catalog), false);
  assertEquals(rules.allows("bob", catalog), true);
  assertEquals(rules.allows("bob", { ...catalog, name: "other" }), false);
  assertEquals(rules.allows("bob", { ...catalog, type: "repository" }), false);
});

Deno.test("AccessRules.knows() tells whether somebody may do anything", () => {
  assertEquals(new AccessRules(OPTIONS).knows(null), true);
  const [, ...rules] = OPTIONS.rules;
  assertEquals(new AccessRules({ ...OPTIONS, rules }).knows(null), false);
});

Deno.test("AccessRules name the rule that cannot be meant", () => {
  const rule = { who: ["anonymous"], may: ["pull"], repositories: [] } as const;
  const cases: readonly [Readonly<Record<string, unknown>>, string][] = [
    [{ who: [] }, "access.rules[1].who: name somebody"],
    [{ who: ["everybody"] }, '"everybody" is none of anonymous, authenticated, user:NAME'],
    [{ who: ["user:"] }, '"user:" is none of'],
    [{ who: ["group:none"] }, 'there is no group "none" in access.groups'],
    [{ who: ["group:toString"] }, 'there is no group "toString"'],
    [{ may: ["read"] }, '"read" is none of pull, push, delete, catalog'],
  ];
  for (const [changes, message] of cases) {
    const rules = [rule, { ...rule, ...changes }];
    assertThrows(() => new AccessRules({ groups: {}, rules }), AuthOptionsError, message);
  }
});

const ALICE = basic("alice", "ecila");
const BOB = basic("bob", "bob");
const CHALLENGE = 'Basic realm="r"';

function withRules(body: (registry: GuardedRegistry) => Promise<void>): Promise<void> {
  return withUsers((path) =>
    withGuard({ scheme: { kind: "htpasswd", realm: "r", path }, access: OPTIONS }, body)
  );
}

Deno.test("rules let anybody pull, and challenge for the rest", async () => {
  await withRules(async ({ ask }) => {
    assertEquals(await ask("GET", "/v2/public/app/tags/list"), [404, null]);
    assertEquals(await ask("GET", "/v2/team/app/tags/list"), [401, CHALLENGE]);
    assertEquals(await ask("POST", "/v2/public/app/blobs/uploads/"), [401, CHALLENGE]);
    assertEquals(await ask("GET", "/v2/_catalog"), [401, CHALLENGE]);
    assertEquals(await ask("GET", "/v2/"), [401, CHALLENGE], "or no client would ever log in");
  });
});

Deno.test("an empty name and password are nobody, and a wrong password is wrong everywhere", async () => {
  await withRules(async ({ ask }) => {
    const tags = "/v2/public/app/tags/list";
    assertEquals(await ask("GET", tags, basic("", "")), [404, null]);
    assertEquals(await ask("GET", tags, basic("alice", "wrong")), [401, CHALLENGE]);
    assertEquals(await ask("GET", tags, "Basic !!!!"), [401, CHALLENGE]);
  });
});

Deno.test("a user who may not is told so, without a challenge", async () => {
  await withRules(async ({ ask, send }) => {
    assertEquals(await ask("GET", "/v2/", BOB), [200, null]);
    const push = await send("POST", "/v2/team/app/blobs/uploads/", {
      headers: { Authorization: BOB },
    });
    assertAnswer(push, 403, "DENIED");
    assertEquals(push.header("WWW-Authenticate"), null);
    assertEquals((await ask("POST", "/v2/team/app/blobs/uploads/", ALICE))[0], 202);
    const mount = `/v2/team/app/blobs/uploads/?mount=sha256:${"a".repeat(64)}&from=secret`;
    assertEquals((await ask("POST", mount, ALICE))[0], 403);
  });
});

Deno.test("the catalog shows what the caller may read", async () => {
  const rules = [
    ...OPTIONS.rules,
    {
      who: ["user:alice"],
      may: ["push", "catalog"],
      repositories: ["secret"],
    } as const,
  ];
  const list = async ({ send }: GuardedRegistry, Authorization: string): Promise<unknown> => {
    return (await send("GET", "/v2/_catalog", { headers: { Authorization } })).json();
  };
  await withUsers((path) =>
    withGuard({
      scheme: { kind: "htpasswd", realm: "r", path },
      access: { ...OPTIONS, rules },
    }, async (registry) => {
      const { send } = registry;
      const asAlice: GuardedRegistry = {
        ...registry,
        send: (method, url, ask = {}) =>
          send(method, url, { ...ask, headers: { ...ask.headers, Authorization: ALICE } }),
      };
      await pushImage(asAlice, "team/app", "latest");
      await pushImage(asAlice, "secret", "latest");
      assertEquals(await list(registry, BOB), { repositories: ["team/app"] });
      assertEquals(await list(registry, ALICE), { repositories: ["secret", "team/app"] });
    })
  );
});

Deno.test("rules without a scheme are for anybody, and nobody is challenged", async () => {
  await withGuard({ access: OPTIONS }, async ({ ask }) => {
    assertEquals(await ask("GET", "/v2/"), [200, null]);
    assertEquals(await ask("GET", "/v2/public/app/tags/list"), [404, null]);
    assertEquals(await ask("GET", "/v2/team/app/tags/list"), [403, null]);
  });
});

Deno.test("rules have no say where tokens decide", async () => {
  const nothing = (): Promise<void> => Promise.resolve();
  for (const scheme of [tokenOptions(null), { kind: "silly", realm: "r", service: "s" } as const]) {
    await assertRejects(
      () => withGuard({ scheme, access: OPTIONS }, nothing),
      AuthOptionsError,
      `access has no say with auth.${scheme.kind}`,
    );
  }
});
