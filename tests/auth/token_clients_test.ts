import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import type { AuthOptions } from "../../registry/auth/options.ts";
import { sampleIndex } from "../clients/sample.ts";
import { copy, push } from "../clients/skopeo.ts";
import { type Toolbox, withTools } from "../clients/toolbox.ts";
import { withTempDir } from "../harness.ts";
import { testWithPrograms } from "../programs.ts";
import { makeAuthority, makeSigner } from "./authority.ts";
import { type GuardedServer, serving, tokenOptions, withServer } from "./server.ts";
import { tokenServer } from "./token_server.ts";

const INDEX = sampleIndex("oci", ["gzip"]);
interface Scene {
  readonly tools: Toolbox;
  readonly registry: GuardedServer;
  /** The scopes that clients have asked for. */
  readonly asked: readonly string[];
}

function test(
  programs: readonly string[],
  name: string,
  body: (scene: Scene) => Promise<void>,
): void {
  testWithPrograms([...programs, "openssl"], name, () =>
    withTempDir("token", async (directory) => {
      const root = await makeAuthority(`${directory}/root`);
      const signer = await makeSigner(`${directory}/signer`, root);
      const asked: string[] = [];
      await serving(tokenServer(signer, asked), async (realm) => {
        const scheme = tokenOptions(`${realm}/token`, `${directory}/root.pem`);
        const options: AuthOptions = { scheme, access: null, issuer: null };
        await withServer(options, (registry) =>
          withTools((tools) => body({ tools, registry, asked })));
      });
    }));
}

test(
  ["skopeo"],
  "skopeo pushes and pulls with a token server",
  async ({ tools, registry, asked }) => {
    const { host } = registry;
    const login = ["login", "--tls-verify=false", "-u=alice", "-p=ecila", host];
    assertMatch(await tools.run("skopeo", ...login), /Login Succeeded/);
    await push(tools, INDEX, `${host}/public/app:v1`);
    assertEquals(new Set(asked), new Set(["repository:public/app:pull,push"]));
    await withTools(async (stranger) => {
      const layout = `oci:${stranger.directory}/layout:v1`;
      await copy(stranger, `docker://${host}/public/app:v1`, layout);
      const target = `docker://${host}/public/app:v2`;
      const flags = ["--dest-tls-verify=false"];
      const { code, stderr } = await stranger.attempt("skopeo", "copy", ...flags, layout, target);
      assertNotEquals(code, 0);
      assertMatch(stderr, /unauthorized|authentication required|denied/);
    });
  },
);

test(
  ["skopeo"],
  "skopeo is told of a password that the token server refuses",
  async ({ tools, registry }) => {
    const login = ["login", "--tls-verify=false", "-u=alice", "-p=wrong", registry.host];
    assertNotEquals((await tools.attempt("skopeo", ...login)).code, 0);
  },
);

test(
  ["buildah", "skopeo"],
  "buildah pulls and pushes with a token server",
  async ({ tools, registry }) => {
    const { host } = registry;
    const http = "--tls-verify=false";
    await tools.run("buildah", "login", http, "-u=alice", "-p=ecila", host);
    await tools.run("skopeo", "login", http, "-u=alice", "-p=ecila", host);
    await push(tools, INDEX, `${host}/public/app:v1`);
    const id = (await tools.run("buildah", "pull", "-q", http, `${host}/public/app:v1`)).trim();
    await tools.run("buildah", "push", http, id, `docker://${host}/team/built:v1`);
  },
);
