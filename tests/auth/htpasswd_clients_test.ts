import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import type { AuthOptions } from "../../registry/auth/options.ts";
import { RELATIVE_URLS } from "../../registry/urls.ts";
import { imageFor, sampleIndex } from "../clients/sample.ts";
import { copy, push } from "../clients/skopeo.ts";
import { type Toolbox, withTools } from "../clients/toolbox.ts";
import { testWithPrograms } from "../programs.ts";
import { type GuardedServer, withServer, withUsers } from "./server.ts";

const INDEX = sampleIndex("oci", ["gzip"]);

/** Everybody pulls what is public; alice pushes. With and without tokens, the clients notice no difference. */
const ACCESS: AuthOptions["access"] = {
  groups: {},
  rules: [
    { who: ["anonymous"], may: ["pull"], repositories: ["public/**"] },
    { who: ["authenticated"], may: ["pull", "catalog"], repositories: [] },
    { who: ["user:alice"], may: ["push", "delete"], repositories: [] },
  ],
};

function optionsOf(directory: string, hasIssuer: boolean): AuthOptions {
  return {
    scheme: { kind: "htpasswd", realm: "berth", path: `${directory}/htpasswd` },
    access: ACCESS,
    issuer: hasIssuer
      ? {
        path: "/token",
        realm: null,
        urls: RELATIVE_URLS,
        service: "berth.test",
        keys: `${directory}/keys.json`,
        lifeSeconds: 300,
      }
      : null,
  };
}

/** Registers a test for passwords with every request, and for tokens that the registry issues. */
function test(
  programs: readonly string[],
  name: string,
  body: (tools: Toolbox, server: GuardedServer) => Promise<void>,
): void {
  for (const hasIssuer of [false, true]) {
    testWithPrograms(
      programs,
      `${name}, by ${hasIssuer ? "token" : "password"}`,
      () =>
        withUsers((directory) =>
          withServer(
            optionsOf(directory, hasIssuer),
            (server) => withTools((tools) => body(tools, server)),
          )
        ),
    );
  }
}

function login(tools: Toolbox, program: string, host: string, user: string): Promise<string> {
  const password = [...user].toReversed().join("");
  return tools.run(program, "login", "--tls-verify=false", `-u=${user}`, `-p=${password}`, host);
}

test(
  ["skopeo"],
  "skopeo logs in, pushes and pulls, and a stranger pulls",
  async (tools, { host }) => {
    assertMatch(await login(tools, "skopeo", host, "alice"), /Login Succeeded/);
    await push(tools, INDEX, `${host}/public/app:v1`);
    await push(tools, INDEX, `${host}/team/app:v1`);
    await copy(tools, `docker://${host}/team/app:v1`, `docker://${host}/team/copy:v1`, "--all");
    await withTools(async (stranger) => {
      const target = `oci:${stranger.directory}/layout:v1`;
      await copy(stranger, `docker://${host}/public/app:v1`, target);
      const refused = await stranger.attempt(
        ...["skopeo", "inspect", "--tls-verify=false", `docker://${host}/team/app:v1`] as const,
      );
      assertNotEquals(refused.code, 0);
      assertMatch(refused.stderr, /unauthorized|authentication required/);
    });
  },
);

test(
  ["skopeo"],
  "skopeo is refused a push without a login, and by who may not",
  async (tools, { host }) => {
    const attempt = async (): Promise<string> => {
      const source = `oci:${tools.directory}/layout:v1`;
      const target = `docker://${host}/public/app:v2`;
      const flags = ["--dest-tls-verify=false"];
      const { code, stderr } = await tools.attempt("skopeo", "copy", ...flags, source, target);
      assertNotEquals(code, 0);
      return stderr;
    };
    await withTools(async (owner) => {
      await login(owner, "skopeo", host, "alice");
      await push(owner, INDEX, `${host}/public/app:v1`);
    });
    await copy(tools, `docker://${host}/public/app:v1`, `oci:${tools.directory}/layout:v1`);
    assertMatch(await attempt(), /unauthorized|authentication required/);
    await login(tools, "skopeo", host, "bob");
    assertMatch(await attempt(), /denied|unauthorized|authentication required/);
  },
);

test(["skopeo"], "skopeo is told of a wrong password at the login", async (tools, { host }) => {
  const wrong = ["login", "--tls-verify=false", "-u=alice", "-p=wrong", host];
  const { code, stderr } = await tools.attempt("skopeo", ...wrong);
  assertNotEquals(code, 0);
  assertMatch(stderr, /invalid username\/password|unauthorized|authentication required/);
});

test(["podman", "skopeo"], "podman logs in, pulls and pushes", async (tools, { host }) => {
  await withTools(async (owner) => {
    await login(owner, "skopeo", host, "alice");
    await push(owner, INDEX, `${host}/public/app:v1`);
  });
  const http = "--tls-verify=false";
  const id = (await tools.run("podman", "pull", "-q", http, `${host}/public/app:v1`)).trim();
  assertEquals(`sha256:${id}`, imageFor(INDEX, "amd64").config.digest);
  const refused = await tools.attempt("podman", "push", http, id, `${host}/team/app:v1`);
  assertNotEquals(refused.code, 0);
  await login(tools, "podman", host, "alice");
  await tools.run("podman", "push", http, id, `${host}/team/app:v1`);
  await tools.run("podman", "pull", "-q", http, `${host}/team/app:v1`);
});
