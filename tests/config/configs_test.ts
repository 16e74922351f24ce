import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { settingsSchema } from "../../cli/settings/schema.ts";
import { checkSchema } from "../../cli/settings/schema_kit.ts";
import { parseYaml } from "../../cli/yaml.ts";
import { startServe, withTempDir } from "../harness.ts";
import { runBerth } from "../run_berth.ts";
import { type Config, CONFIGS } from "./configs.ts";

async function withFile<T>(
  { yaml }: Config,
  body: (path: string, directory: string) => Promise<T>,
): Promise<T> {
  return await withTempDir("config", async (directory) => {
    const path = `${directory}/config.yml`;
    await Deno.writeTextFile(path, yaml);
    return await body(path, directory);
  });
}

function statusOfUpload({ yaml }: Config): number {
  if (yaml.includes("htpasswd")) return 401;
  return yaml.includes("readonly") ? 405 : 202;
}

/** The key that a line on stderr is about. */
function keysOf(stderr: string): readonly string[] {
  return stderr.split("\n").flatMap((line) => /config\.yml:\d+: ([^:]+): /.exec(line)?.[1] ?? []);
}

for (const config of CONFIGS.filter(({ refused }) => refused.length > 0)) {
  Deno.test(`berth serve refuses ${config.of}, naming ${config.refused.join(", ")}`, async () => {
    await withFile(config, async (path) => {
      // A refusal comes before anything is opened; should there be none, nothing real may be touched either.
      const { code, stdout, stderr } = await runBerth(["serve", "--check", path]);
      assertEquals([code, stdout], [2, ""], stderr);
      assertEquals(keysOf(stderr).toSorted(), config.refused.toSorted());
      assertStringIncludes(stderr, ": not served; ");
    });
  });
}

for (const config of CONFIGS.filter(({ refused }) => refused.length === 0)) {
  Deno.test(`berth serve starts with ${config.of}`, async () => {
    await withFile(config, async (path, directory) => {
      const env = {
        REGISTRY_HTTP_ADDR: "127.0.0.1:0",
        REGISTRY_HTTP_WORKERS: "1",
        ...config.yaml.includes("debug: {addr") ? { REGISTRY_HTTP_DEBUG_ADDR: "127.0.0.1:0" } : {},
        ...config.yaml.includes("filesystem")
          ? { REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY: `${directory}/data` }
          : {},
        ...config.yaml.includes("htpasswd")
          ? { REGISTRY_AUTH_HTPASSWD_PATH: `${directory}/htpasswd` }
          : {},
      };
      const server = await startServe({ root: `${directory}/data`, args: [path], env });
      try {
        assertEquals(keysOf(server.log()).toSorted(), config.passedOver.toSorted());
        const url = `${server.url}/v2/some/app/blobs/uploads/`;
        const upload = await fetch(url, { method: "POST" });
        await upload.body?.cancel();
        assertEquals(upload.status, statusOfUpload(config));
      } finally {
        await server.stop();
      }
    });
  });
}

Deno.test("berth serve says which file of a token server is missing", async () => {
  const yaml = `version: 0.1
storage: inmemory
http: {addr: "127.0.0.1:0"}
auth:
  token: {realm: token-realm, service: token-service, issuer: token-issuer,
    rootcertbundle: /nowhere/to/be/found}
`;
  await withFile({ of: "nowhere", yaml, refused: [], passedOver: [] }, async (path) => {
    const { code, stderr } = await runBerth(["serve", path]);
    assertEquals(code, 2);
    assertStringIncludes(stderr, 'auth.token.rootcertbundle: cannot read "/nowhere/to/be/found"');
  });
});

Deno.test("berth serve keeps tags and gives rights as the configuration says", async () => {
  const yaml = `version: 0.1
storage: inmemory
http: {addr: "127.0.0.1:0"}
tags: {immutable: "v*"}
access: {rules: [{who: anonymous, may: pull, repositories: "public/**"}]}
`;
  await withFile({ of: "nowhere", yaml, refused: [], passedOver: [] }, async (path, root) => {
    const server = await startServe({ root, args: [path] });
    try {
      const statusOf = async (name: string): Promise<number> => {
        const response = await fetch(`${server.url}/v2/${name}/manifests/latest`);
        await response.body?.cancel();
        return response.status;
      };
      assertEquals([await statusOf("public/app"), await statusOf("private/app")], [404, 403]);
    } finally {
      await server.stop();
    }
  });
});

Deno.test("the JSON Schema takes every configuration of distribution", () => {
  const schema = settingsSchema();
  for (const { of, yaml } of CONFIGS) {
    assertEquals(checkSchema(schema, parseYaml(yaml, "default")), [], of);
  }
});

const LEAST: Config = {
  of: "nowhere",
  yaml: "version: 0.1\nstorage: filesystem\nhttp:\n  addr: :5000\n  secret: hush\n",
  refused: [],
  passedOver: ["http.secret"],
};

Deno.test("berth serve --check says that a file can be used, and opens nothing", async () => {
  await withFile(LEAST, async (path) => {
    const { code, stdout, stderr } = await runBerth(["serve", "--check", path]);
    assertEquals([code, stdout], [0, `${path} can be used\n`]);
    assertEquals(keysOf(stderr), LEAST.passedOver);
  });
});

Deno.test("berth serve --check says everything that is wrong, a line each", async () => {
  const yaml = `${LEAST.yaml}  adr: 1\nstorag: filesystem\n`;
  await withFile({ ...LEAST, yaml }, async (path) => {
    const { code, stdout, stderr } = await runBerth(["serve", path, "--check"]);
    assertEquals([code, stdout], [2, ""]);
    assertEquals(stderr.split("\n"), [
      `${path}:6: http.adr: unknown key; did you mean http.addr?`,
      `${path}:7: storag: unknown key; did you mean storage?`,
      "",
    ]);
  });
});

Deno.test("berth serve --print-config prints what holds, and no secret", async () => {
  await withFile(LEAST, async (path) => {
    const { code, stdout } = await runBerth(["serve", "--print-config", "--workers", "2"], {
      env: { REGISTRY_CONFIGURATION_PATH: path, REGISTRY_HTTP_DRAINTIMEOUT: "5s" },
    });
    assertEquals(code, 0);
    const lines = stdout.split("\n");
    assert(lines.includes("  draintimeout: 5s # REGISTRY_HTTP_DRAINTIMEOUT"), stdout);
    assert(lines.includes("  workers: 2 # --workers"), stdout);
    assert(lines.includes(`  addr: ':5000' # ${path}:4`), stdout);
    assert(lines.includes("    rootdirectory: /var/lib/registry # default"), stdout);
    assert(!stdout.includes("hush"), stdout);
  });
});

Deno.test("berth serve --print-schema prints a JSON Schema", async () => {
  const { code, stdout } = await runBerth(["serve", "--print-schema"]);
  assertEquals([code, JSON.parse(stdout)], [0, settingsSchema()]);
});

Deno.test("berth gc finds the store by the configuration of the server", async () => {
  await withFile(LEAST, async (path, directory) => {
    const env = { REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY: directory };
    await Deno.mkdir(`${directory}/docker/registry/v2`, { recursive: true });
    for (const args of [["gc", path], ["garbage-collect", path], ["gc"], ["inspect", path]]) {
      const { code, stderr } = await runBerth(args, { env });
      assertEquals(code, 0, `${args.join(" ")}: ${stderr}`);
    }
  });
});

Deno.test("berth gc heeds only what is wrong with the store's own settings", async () => {
  const odd = `${LEAST.yaml}proxy: {remoteurl: "https://registry.example.com"}\n`;
  await withFile({ ...LEAST, yaml: odd }, async (path, directory) => {
    await Deno.mkdir(`${directory}/docker/registry/v2`, { recursive: true });
    const { code, stderr } = await runBerth(["gc", path], {
      env: { REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY: directory },
    });
    assertEquals(code, 0, stderr);
  });
  const wrong = LEAST.yaml.replace("filesystem", "{s3: {bucket: b}}");
  await withFile({ ...LEAST, yaml: wrong }, async (path) => {
    const { code, stderr } = await runBerth(["gc", path]);
    assertEquals([code, keysOf(stderr)], [2, ["storage.s3"]]);
  });
});
