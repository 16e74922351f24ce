import {
  assertAnswer,
  type Document,
  imageOf,
  indexOf,
  openRegistry,
  pushBlob,
  putManifest,
  type TestRegistry,
} from "./app_kit.ts";
import { type ManifestRuleOptions, ManifestRules } from "./manifest_rules.ts";

const NONE: ManifestRuleOptions = { urls: null, platforms: "all", classes: [] };

async function registryWith(options: Partial<ManifestRuleOptions>): Promise<TestRegistry> {
  const registry = openRegistry({ manifestRules: new ManifestRules({ ...NONE, ...options }) });
  await pushBlob(registry, "a", "config");
  await pushBlob(registry, "a", "layer");
  return registry;
}

/** An image whose only layer can be fetched from URLs. */
function imageAt(...urls: readonly string[]): Document {
  const image = imageOf("config", "layer");
  const [layer] = Array.isArray(image.layers) ? image.layers : [];
  return { ...image, layers: [{ ...layer, urls }] };
}

Deno.test("ManifestRules lets URLs through that match allow, and not deny", async () => {
  const allow = ["^https://a\\.test/", "^http://b\\.test/"];
  const registry = await registryWith({ urls: { allow, deny: ["secret"] } });
  const cases: readonly [url: string, isAllowed: boolean][] = [
    ["https://a.test/x", true],
    ["http://b.test/x", true],
    ["https://a.test/secret", false],
    ["http://a.test/x", false],
    ["https://a.test/x#fragment", false],
    ["ftp://a.test/x", false],
    ["/x", false],
  ];
  for (const [url, isAllowed] of cases) {
    const answer = await putManifest(registry, "a", "tag", imageAt(url));
    assertAnswer(answer, isAllowed ? 201 : 400, isAllowed ? null : "MANIFEST_INVALID", url);
  }
  const both = imageAt("https://a.test/x", "https://c.test/");
  assertAnswer(await putManifest(registry, "a", "tag", both), 400, "MANIFEST_INVALID");
});

Deno.test("ManifestRules lets all through that deny does not name, when there is no allow", async () => {
  const registry = await registryWith({ urls: { allow: [], deny: ["^https://a\\.test/"] } });
  assertAnswer(await putManifest(registry, "a", "tag", imageAt("https://b.test/")), 201);
  const denied = await putManifest(registry, "a", "tag", imageAt("https://a.test/"));
  assertAnswer(denied, 400, "MANIFEST_INVALID");
});

Deno.test("ManifestRules lets no URL through without patterns, and any without rules", async () => {
  const closed = await registryWith({ urls: { allow: [], deny: [] } });
  const answer = await putManifest(closed, "a", "tag", imageAt("https://a.test/"));
  assertAnswer(answer, 400, "MANIFEST_INVALID");
  assertAnswer(await putManifest(closed, "a", "tag", imageOf("config", "layer")), 201);
  const open = await registryWith({});
  assertAnswer(await putManifest(open, "a", "tag", imageAt("whatever")), 201);
});

Deno.test("ManifestRules asks for the children of the platforms that are listed", async () => {
  const platform = { os: "linux", architecture: "amd64" };
  const there = { document: imageOf("config", "layer"), platform };
  const absent = (os: string): Document =>
    indexOf([there, {
      document: imageOf("config", "layer", { annotations: { os } }),
      platform: { os, architecture: "amd64" },
    }]);
  const cases: readonly [
    platforms: ManifestRuleOptions["platforms"],
    os: string,
    isTaken: boolean,
  ][] = [
    ["all", "windows", false],
    ["none", "linux", true],
    [[platform], "windows", true],
    [[platform], "linux", false],
    [[], "windows", false],
  ];
  for (const [platforms, os, isTaken] of cases) {
    const registry = await registryWith({ platforms });
    assertAnswer(await putManifest(registry, "a", "tag", there.document), 201);
    const answer = await putManifest(registry, "a", "tag", absent(os));
    assertAnswer(answer, isTaken ? 201 : 400, isTaken ? null : "MANIFEST_BLOB_UNKNOWN");
  }
});

Deno.test("ManifestRules takes images of the classes that are listed, and every index", async () => {
  const plugin = (type: string): Document => {
    const image = imageOf("config", "layer");
    return { ...image, config: { ...Object(image.config), mediaType: type } };
  };
  const registry = await registryWith({ classes: ["plugin"] });
  const docker = plugin("application/vnd.docker.plugin.v1+json");
  assertAnswer(await putManifest(registry, "a", "tag", docker), 201);
  assertAnswer(await putManifest(registry, "a", "tag", indexOf([{ document: docker }])), 201);
  for (const document of [imageOf("config", "layer"), plugin("application/x.unknown")]) {
    assertAnswer(await putManifest(registry, "a", "tag", document), 403, "DENIED");
  }
});
