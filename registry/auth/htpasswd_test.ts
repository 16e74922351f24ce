import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { PASSWORDS_WAITING_MAX } from "../../storage/limits.ts";
import { assertAnswer } from "../app_kit.ts";
import { basic, USERS_FILE, withDirectory, withGuard, withUsers } from "./auth_kit.ts";
import type { SchemeOptions } from "./options.ts";

function scheme(path: string): SchemeOptions {
  return { kind: "htpasswd", realm: 'my "realm" é', path };
}

/** UTF-8 in a header, seen as the bytes that it is. */
const CHALLENGE = 'Basic realm="my \\"realm\\" Ã©"';

Deno.test("htpasswd challenges those without a login, and never asks at the root", async () => {
  await withUsers((path) =>
    withGuard({ scheme: scheme(path) }, async ({ ask }) => {
      assertEquals(await ask("GET", "/"), [200, null]);
      assertEquals(await ask("GET", "/v2/"), [401, CHALLENGE]);
      assertEquals(await ask("GET", "/v2/app/tags/list"), [401, CHALLENGE]);
    })
  );
});

Deno.test("htpasswd lets users in whose password is right", async () => {
  await withUsers((path) =>
    withGuard({ scheme: scheme(path) }, async ({ ask }) => {
      const alice = basic("alice", "ecila");
      assertEquals(await ask("GET", "/v2/", alice), [200, null]);
      assertEquals(await ask("GET", "/v2/", alice.replace("Basic", "bASIC")), [200, null]);
      assertEquals(await ask("GET", "/v2/", basic("bob", "bob")), [200, null]);
      assertEquals(await ask("GET", "/v2/_catalog", alice), [200, null]);
    })
  );
});

Deno.test("htpasswd challenges whoever sends something else", async () => {
  const wrong = [
    basic("alice", "wrong"),
    basic("alice", ""),
    basic("alice", "ecila\0"),
    basic("ALICE", "ecila"),
    basic("nobody", "ecila"),
    basic("", ""),
    basic("alice", "ecila").replaceAll("=", ""),
    `Basic ${btoa("alice")}`,
    `Basic ${btoa("alice:\xff")}`,
    "Basic",
    "Basic ",
    "Basic !!!!",
    `Basic ${"A".repeat(100_000)}`,
    `${basic("alice", "ecila")}, ${basic("alice", "ecila")}`,
    "Bearer abc",
    "Negotiate abc",
  ];
  await withUsers((path) =>
    withGuard({ scheme: scheme(path) }, async ({ ask }) => {
      for (const authorization of wrong) {
        const line = authorization.slice(0, 100);
        assertEquals(await ask("GET", "/v2/", authorization), [401, CHALLENGE], line);
      }
    })
  );
});

Deno.test("a challenge says what would have to be allowed, as distribution does", async () => {
  const record = (name: string, action: string): unknown => ({
    Type: "repository",
    Class: "",
    Name: name,
    Action: action,
  });
  const catalog = { Type: "registry", Class: "", Name: "catalog", Action: "*" };
  const own = [record("a/b", "pull"), record("a/b", "push")];
  const cases: readonly [string, string, unknown][] = [
    ["GET", "/v2/", null],
    ["GET", "/v2/_catalog", [catalog]],
    ["GET", "/v2/a/b/tags/list", [record("a/b", "pull")]],
    ["PUT", "/v2/a/b/manifests/x", own],
    ["DELETE", "/v2/a/b/manifests/x", [record("a/b", "delete")]],
    [
      "POST",
      "/v2/a/b/blobs/uploads/?mount=sha256:aa&from=c/d",
      [...own, record("c/d", "pull")],
    ],
  ];
  await withUsers((path) =>
    withGuard({ scheme: scheme(path) }, async ({ send }) => {
      for (const [method, url, detail] of cases) {
        const answer = await send(method, url);
        assertAnswer(answer, 401, "UNAUTHORIZED", url);
        assertEquals(answer.errors[0]?.detail, detail, url);
      }
    })
  );
});

Deno.test("a file of users that changes is read again, and old passwords are forgotten", async () => {
  await withUsers((path) =>
    withGuard({ scheme: scheme(path) }, async ({ ask, clock }) => {
      const alice = basic("alice", "ecila");
      assertEquals((await ask("GET", "/v2/", alice))[0], 200);
      await Deno.writeTextFile(path, USERS_FILE.replace("alice:", "carol:"));
      clock.ms += 500;
      assertEquals((await ask("GET", "/v2/", alice))[0], 200, "looked at once a second");
      clock.ms += 600;
      assertEquals((await ask("GET", "/v2/", alice))[0], 401);
      assertEquals((await ask("GET", "/v2/", basic("carol", "ecila")))[0], 200);
    })
  );
});

Deno.test("nobody logs in while the file of users cannot be read, and the operator is told once", async () => {
  await withUsers((path) =>
    withGuard({ scheme: scheme(path) }, async ({ clock, send, warnings }) => {
      const ask = { headers: { Authorization: basic("alice", "ecila") } };
      await Deno.writeTextFile(path, "not a line of it\n");
      clock.ms += 1_000;
      for (let times = 0; times < 3; times++) {
        const answer = await send("GET", "/v2/", ask);
        assertAnswer(answer, 503, "UNAVAILABLE");
        assertEquals(answer.header("Retry-After"), "5");
      }
      assertEquals(warnings.length, 1);
      assertEquals(warnings[0]?.includes("not a line"), false);
      await Deno.writeTextFile(path, USERS_FILE);
      assertAnswer(await send("GET", "/v2/", ask), 200);
    })
  );
});

Deno.test("a missing file of users is made, for one user whose password the operator is told", async () => {
  await withDirectory(async (directory) => {
    const path = `${directory}/new/htpasswd`;
    await withGuard({ scheme: scheme(path) }, async ({ ask, warnings }) => {
      const [, password = ""] = /password (\S+);/.exec(warnings[0] ?? "") ?? [];
      assert(password.length > 40);
      assertEquals((await ask("GET", "/v2/", basic("docker", password)))[0], 200);
      assertEquals((await ask("GET", "/v2/", basic("docker", "password")))[0], 401);
      const { mode } = await Deno.stat(path);
      assertEquals((mode ?? 0) & 0o777, 0o600);
      assertMatch(await Deno.readTextFile(path), /^docker:\$2[aby]\$10\$/);
    });
    await withGuard({ scheme: scheme(path) }, ({ warnings }) => {
      assertEquals(warnings, []);
      return Promise.resolve();
    });
  });
});

Deno.test("the operator is told of passwords that are not bcrypt, by line", async () => {
  await withUsers(async (path) => {
    await Deno.writeTextFile(path, "dora:$apr1$abc$secret\n", { append: true });
    await withGuard({ scheme: scheme(path) }, async ({ ask, warnings }) => {
      assertStringIncludes(warnings[0] ?? "", "the first in line 4");
      assertEquals(warnings[0]?.includes("apr1"), false);
      assertEquals((await ask("GET", "/v2/", basic("dora", "$apr1$abc$secret")))[0], 401);
    });
  });
});

Deno.test("past a number of passwords that wait, clients are told to come back; the known go on", async () => {
  await withUsers((path) =>
    withGuard({ scheme: scheme(path) }, async ({ ask, send }) => {
      const alice = basic("alice", "ecila");
      await ask("GET", "/v2/", alice);
      const guesses = Array.from({ length: PASSWORDS_WAITING_MAX + 5 }, (_, index) =>
        send("GET", "/v2/", { headers: { Authorization: basic("alice", `guess${index}`) } }));
      assertEquals((await ask("GET", "/v2/", alice))[0], 200);
      const answers = await Promise.all(guesses);
      const turnedDown = answers.filter(({ status }) =>
        status === 429
      );
      assertEquals(turnedDown.length, 5);
      assertEquals(turnedDown[0]?.header("Retry-After"), "5");
      assertEquals(answers.filter(({ status }) => status === 401).length, PASSWORDS_WAITING_MAX);
    })
  );
});
