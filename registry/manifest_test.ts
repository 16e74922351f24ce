import { assertEquals, assertLess, assertStringIncludes, assertThrows } from "@std/assert";
import { type Digest, digestBytes } from "../storage/digest.ts";
import { type ErrorCode, RegistryError } from "./errors.ts";
import { parseManifest } from "./manifest.ts";
import { DOCKER_IMAGE, DOCKER_INDEX, MANIFEST_TYPES, OCI_IMAGE, OCI_INDEX } from "./media_types.ts";

type Document = Record<string, unknown>;

const CONFIG_TYPE = "application/vnd.oci.image.config.v1+json";
const LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar+gzip";
const DETAIL_CHARACTERS_MAX = 1000;

function bytesOf(document: unknown): Uint8Array {
  return new TextEncoder().encode(
    typeof document === "string" ? document : JSON.stringify(document),
  );
}

function digestOf(text: string): Digest {
  return digestBytes(bytesOf(text), "sha256");
}

function descriptorOf(
  text: string,
  mediaType: string,
): { mediaType: string; digest: Digest; size: number } {
  return { mediaType, digest: digestOf(text), size: text.length };
}

const CONFIG = descriptorOf("config", CONFIG_TYPE);
const LAYER = descriptorOf("layer", LAYER_TYPE);
const CHILD = descriptorOf("child", OCI_IMAGE);

function image(changes: Document = {}): Document {
  return { schemaVersion: 2, mediaType: OCI_IMAGE, config: CONFIG, layers: [LAYER], ...changes };
}

function index(changes: Document = {}): Document {
  return { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [CHILD], ...changes };
}

function refusal(document: unknown, contentType: string | null): RegistryError {
  const bytes = document instanceof Uint8Array ? document : bytesOf(document);
  const error = assertThrows(() => parseManifest(bytes, contentType), RegistryError);
  assertEquals(error.status, 400);
  return error;
}

function assertRefused(
  document: unknown,
  contentType: string | null,
  words = "",
  code: ErrorCode = "MANIFEST_INVALID",
): void {
  const error = refusal(document, contentType);
  assertEquals(error.entries[0]?.code, code);
  assertStringIncludes(error.message, words);
}

Deno.test("parseManifest() takes an OCI image", () => {
  const parsed = parseManifest(bytesOf(image()), OCI_IMAGE);
  assertEquals(parsed.mediaType, OCI_IMAGE);
  assertEquals(parsed.blobs, [CONFIG, LAYER]);
  assertEquals(parsed.children, []);
  assertEquals(parsed.subject, null);
  assertEquals(parsed.content.kind, "image");
});

Deno.test("parseManifest() takes an OCI index", () => {
  const parsed = parseManifest(bytesOf(index()), OCI_INDEX);
  assertEquals(parsed.mediaType, OCI_INDEX);
  assertEquals(parsed.blobs, []);
  assertEquals(parsed.children, [CHILD]);
});

Deno.test("parseManifest() takes Docker's documents", () => {
  const dockerImage = image({ mediaType: DOCKER_IMAGE });
  assertEquals(parseManifest(bytesOf(dockerImage), DOCKER_IMAGE).blobs, [CONFIG, LAYER]);
  const platform = { architecture: "amd64", os: "linux" };
  const dockerIndex = index({ mediaType: DOCKER_INDEX, manifests: [{ ...CHILD, platform }] });
  assertEquals(parseManifest(bytesOf(dockerIndex), DOCKER_INDEX).children, [
    { ...CHILD, platform },
  ]);
});

Deno.test("parseManifest() refuses the retired artifact manifest, which distribution cannot read", () => {
  const mediaType = "application/vnd.oci.artifact.manifest.v1+json";
  assertRefused({ mediaType, artifactType: "a/b", blobs: [LAYER] }, mediaType, "is not supported");
});

Deno.test("parseManifest() takes the documents of the conformance suite", () => {
  const empty = descriptorOf("{}", "application/vnd.oci.empty.v1+json");
  const annotations = { "org.example.key": "value" };
  const documents: readonly Document[] = [
    image({ layers: [] }),
    image({ config: empty, layers: [empty], artifactType: "application/vnd.example" }),
    image({ config: empty, layers: [], artifactType: "application/vnd.example", annotations }),
    image({ subject: descriptorOf("missing", OCI_IMAGE), annotations }),
    image({ "org.ABCDEF": "custom" }),
    image({
      config: { ...CONFIG, data: btoa("config") },
      layers: [{ ...LAYER, data: "bGF5ZXI=" }],
    }),
    image({ config: { ...CONFIG, digest: digestBytes(bytesOf("config"), "sha512") } }),
    image({ annotations: Object.fromEntries([["org.example", "x".repeat(3_900_000)]]) }),
    index({ manifests: [] }),
    index({ manifests: [{ ...CHILD, mediaType: OCI_INDEX }] }),
    index({ artifactType: "application/vnd.example", subject: CHILD, annotations }),
    index({ manifests: [{ ...CHILD, data: "Y2hpbGQ=", platform: { architecture: "", os: "" } }] }),
    index({ manifests: [{ ...CHILD, platform: null }] }),
  ];
  for (const document of documents) {
    assertEquals(
      parseManifest(bytesOf(document), `${document.mediaType}`).mediaType,
      document.mediaType,
    );
  }
});

Deno.test("parseManifest() reads null and missing lists as empty, as distribution does", () => {
  assertEquals(parseManifest(bytesOf(image({ layers: null })), OCI_IMAGE).blobs, [CONFIG]);
  assertEquals(parseManifest(bytesOf(image({ layers: undefined })), OCI_IMAGE).blobs, [CONFIG]);
  assertEquals(parseManifest(bytesOf(index({ manifests: null })), OCI_INDEX).children, []);
  const nulls = { annotations: null, artifactType: null, subject: null, manifests: null };
  assertEquals(parseManifest(bytesOf(image(nulls)), OCI_IMAGE).blobs, [CONFIG, LAYER]);
});

Deno.test("parseManifest() requires no foreign layers, whatever their urls", () => {
  const urls = ["https://example.org/layer"];
  const foreign = [
    "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
    "application/vnd.oci.image.layer.nondistributable.v1.tar",
    "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
    "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd",
  ].map((mediaType) => ({ ...LAYER, mediaType }));
  const layers = [...foreign, { ...LAYER, urls }, { ...LAYER, urls: [] }];
  const parsed = parseManifest(bytesOf(image({ layers })), OCI_IMAGE);
  assertEquals(parsed.blobs, [CONFIG, { ...LAYER, urls }, { ...LAYER, urls: [] }]);
  assertEquals(parsed.content.layers, layers);
});

Deno.test("parseManifest() requires the config whatever its urls", () => {
  const config = { ...CONFIG, urls: ["https://example.org/config"] };
  assertEquals(parseManifest(bytesOf(image({ config })), OCI_IMAGE).blobs, [config, LAYER]);
});

Deno.test("parseManifest() ignores the parameters and the case of Content-Type", () => {
  for (
    const contentType of [
      `${OCI_IMAGE}; charset=utf-8`,
      ` ${OCI_IMAGE} ;x=y`,
      OCI_IMAGE.toUpperCase(),
    ]
  ) {
    assertEquals(parseManifest(bytesOf(image()), contentType).mediaType, OCI_IMAGE);
  }
});

Deno.test("parseManifest() detects the type where Content-Type says nothing", () => {
  const contentTypes = [
    null,
    "",
    ";",
    "application/json",
    "application/json; charset=utf-8",
    "application/octet-stream",
    "text/plain",
    "application/x-www-form-urlencoded",
  ];
  for (const contentType of contentTypes) {
    for (const document of [image(), image({ mediaType: undefined }), image({ mediaType: "" })]) {
      assertEquals(parseManifest(bytesOf(document), contentType).mediaType, OCI_IMAGE);
    }
    for (const document of [index(), index({ mediaType: undefined })]) {
      assertEquals(parseManifest(bytesOf(document), contentType).mediaType, OCI_INDEX);
    }
    const docker = image({ mediaType: DOCKER_IMAGE });
    assertEquals(parseManifest(bytesOf(docker), contentType).mediaType, DOCKER_IMAGE);
  }
});

Deno.test("parseManifest() takes OCI documents that declare no media type", () => {
  assertEquals(
    parseManifest(bytesOf(image({ mediaType: undefined })), OCI_IMAGE).mediaType,
    OCI_IMAGE,
  );
  assertEquals(
    parseManifest(bytesOf(index({ mediaType: undefined })), OCI_INDEX).mediaType,
    OCI_INDEX,
  );
});

Deno.test("parseManifest() refuses Docker documents that declare no media type", () => {
  assertRefused(image({ mediaType: undefined }), DOCKER_IMAGE, `has to be "${DOCKER_IMAGE}"`);
  assertRefused(index({ mediaType: undefined }), DOCKER_INDEX, `has to be "${DOCKER_INDEX}"`);
});

Deno.test("parseManifest() refuses a Content-Type that the document contradicts", () => {
  for (const { mediaType: contentType } of MANIFEST_TYPES) {
    for (const { mediaType } of MANIFEST_TYPES) {
      if (contentType === mediaType) continue;
      assertRefused(image({ mediaType }), contentType, "Content-Type says");
      assertRefused(index({ mediaType }), contentType, "Content-Type says");
    }
  }
});

Deno.test("parseManifest() refuses a document whose type nothing tells", () => {
  for (const contentType of [null, "application/json", OCI_IMAGE, OCI_INDEX]) {
    assertRefused({ schemaVersion: 2 }, contentType, "does not say what it is");
    assertRefused({ schemaVersion: 2, manifests: null }, contentType, "does not say what it is");
  }
});

Deno.test("parseManifest() refuses types that it does not know", () => {
  const schema1 = "application/vnd.docker.distribution.manifest.v1+prettyjws";
  for (const mediaType of [schema1, "text/html", "constructor", "__proto__"]) {
    assertRefused(image(), mediaType, `"${mediaType}" is not supported`);
    assertRefused(image({ mediaType }), null, `"${mediaType}" is not supported`);
    assertRefused(image({ mediaType }), OCI_IMAGE, `"${mediaType}" is not supported`);
  }
});

Deno.test("parseManifest() refuses what is not a JSON object in UTF-8", () => {
  assertRefused("", OCI_IMAGE, "not JSON");
  assertRefused("{", OCI_IMAGE, "not JSON");
  assertRefused("\ufeff{}", OCI_IMAGE, "not JSON");
  assertRefused(`${JSON.stringify(image())}x`, OCI_IMAGE, "not JSON");
  assertRefused("null", OCI_IMAGE, "not a JSON object");
  assertRefused("[]", OCI_IMAGE, "not a JSON object");
  assertRefused('"a"', OCI_IMAGE, "not a JSON object");
  assertRefused(new Uint8Array([0x7b, 0xff, 0x7d]), OCI_IMAGE, "not UTF-8");
  assertRefused("[".repeat(1_000_000), OCI_IMAGE, "not JSON");
});

Deno.test("parseManifest() refuses a schemaVersion other than 2", () => {
  for (const schemaVersion of [undefined, null, 0, 1, 3, "2", 2.5, [2]]) {
    assertRefused(image({ schemaVersion }), OCI_IMAGE, "schemaVersion");
    assertRefused(index({ schemaVersion }), OCI_INDEX, "schemaVersion");
    assertRefused(image({ schemaVersion, mediaType: DOCKER_IMAGE }), DOCKER_IMAGE, "schemaVersion");
  }
});

Deno.test("parseManifest() refuses documents that are image and index at once", () => {
  assertRefused(image({ manifests: [] }), OCI_IMAGE, '"manifests"');
  assertRefused(image({ manifests: {} }), OCI_IMAGE, '"manifests"');
  assertRefused(image({ mediaType: DOCKER_IMAGE, manifests: [] }), DOCKER_IMAGE, '"manifests"');
  assertRefused(index({ config: CONFIG }), OCI_INDEX, '"config"');
  assertRefused(index({ layers: [] }), OCI_INDEX, '"layers"');
  assertRefused(index({ mediaType: DOCKER_INDEX, layers: [LAYER] }), DOCKER_INDEX, '"layers"');
  assertRefused({ schemaVersion: 2, config: CONFIG, layers: [], manifests: [] }, null, '"config"');
  assertRefused({ schemaVersion: 2, config: CONFIG, layers: [], manifests: [] }, OCI_IMAGE);
});

Deno.test("parseManifest() refuses an image without a config", () => {
  for (const config of [undefined, null, 5, "a", [], [CONFIG]]) {
    assertRefused(image({ config }), OCI_IMAGE, "config has to be a descriptor");
  }
  assertRefused(image({ config: {} }), OCI_IMAGE, "config.digest");
});

Deno.test("parseManifest() refuses lists that are none", () => {
  assertRefused(image({ layers: {} }), OCI_IMAGE, "layers has to be a list");
  assertRefused(image({ layers: "a" }), OCI_IMAGE, "layers has to be a list");
  assertRefused(image({ layers: [null] }), OCI_IMAGE, "layers[0] has to be a descriptor");
  assertRefused(index({ manifests: 5 }), OCI_INDEX, "manifests has to be a list");
  assertRefused(index({ manifests: [CHILD, 5] }), OCI_INDEX, "manifests[1] has to be a descriptor");
});

Deno.test("parseManifest() refuses malformed and unsupported digests as DIGEST_INVALID", () => {
  const hex = "ab".repeat(32);
  const digests = ["", "sha256:", "sha256:zz", `sha256:${hex.toUpperCase()}`, `md5:${hex}`, hex];
  for (const digest of digests) {
    const places: readonly [Document, string, string][] = [
      [image({ config: { ...CONFIG, digest } }), OCI_IMAGE, "config.digest"],
      [image({ layers: [LAYER, { ...LAYER, digest }] }), OCI_IMAGE, "layers[1].digest"],
      [image({ subject: { ...CHILD, digest } }), OCI_IMAGE, "subject.digest"],
      [index({ manifests: [{ ...CHILD, digest }] }), OCI_INDEX, "manifests[0].digest"],
    ];
    for (const [document, contentType, field] of places) {
      assertRefused(document, contentType, field, "DIGEST_INVALID");
      assertEquals(refusal(document, contentType).entries[0]?.detail, { field, digest });
    }
  }
  assertRefused(image({ config: { ...CONFIG, digest: 5 } }), OCI_IMAGE, "config.digest");
});

Deno.test("parseManifest() refuses descriptors whose members are malformed", () => {
  const changes: readonly [Document, string][] = [
    [{ mediaType: undefined }, "mediaType has to be"],
    [{ mediaType: "" }, "mediaType has to be"],
    [{ mediaType: 5 }, "mediaType has to be"],
    [{ size: undefined }, "size has to be"],
    [{ size: null }, "size has to be"],
    [{ size: -1 }, "size has to be"],
    [{ size: 1.5 }, "size has to be"],
    [{ size: 2 ** 53 }, "size has to be"],
    [{ size: "7" }, "size has to be"],
    [{ annotations: { a: 1 } }, "annotations has to be"],
    [{ annotations: ["a"] }, "annotations has to be"],
    [{ artifactType: 5 }, "artifactType has to be"],
    [{ data: 5 }, "data has to be"],
    [{ urls: "https://example.org" }, "urls has to be"],
    [{ urls: [5] }, "urls has to be"],
    [{ platform: "linux" }, "platform has to be"],
  ];
  for (const [change, words] of changes) {
    assertRefused(image({ config: { ...CONFIG, ...change } }), OCI_IMAGE, `config.${words}`);
    assertRefused(image({ layers: [{ ...LAYER, ...change }] }), OCI_IMAGE, `layers[0].${words}`);
    assertRefused(image({ subject: { ...CHILD, ...change } }), OCI_IMAGE, `subject.${words}`);
    assertRefused(index({ subject: { ...CHILD, ...change } }), OCI_INDEX, `subject.${words}`);
    assertRefused(
      index({ manifests: [{ ...CHILD, ...change }] }),
      OCI_INDEX,
      `manifests[0].${words}`,
    );
  }
  assertRefused(
    `{"schemaVersion":2,"config":{"digest":"${CONFIG.digest}","mediaType":"a/b",` +
      `"size":1e400},"layers":[]}`,
    OCI_IMAGE,
    "config.size",
  );
});

Deno.test("parseManifest() refuses a manifest whose members are malformed", () => {
  assertRefused(image({ annotations: { a: null } }), OCI_IMAGE, "annotations has to be");
  assertRefused(image({ annotations: "a" }), OCI_IMAGE, "annotations has to be");
  assertRefused(image({ artifactType: {} }), OCI_IMAGE, "artifactType has to be");
  assertRefused(image({ mediaType: 5 }), OCI_IMAGE, "mediaType has to be");
  for (const subject of [5, "a", [], [CHILD]]) {
    assertRefused(image({ subject }), OCI_IMAGE, "subject has to be a descriptor");
  }
});

Deno.test("parseManifest() takes nothing from a member named __proto__", () => {
  const inherited = JSON.stringify(image());
  assertRefused(`{"__proto__":${inherited}}`, OCI_IMAGE, "does not say what it is");
});

Deno.test("parseManifest() repeats only the beginning of what it refuses", () => {
  const long = "a".repeat(1_000_000);
  const errors = [
    refusal(image(), long),
    refusal(image({ mediaType: long }), OCI_IMAGE),
    refusal(image({ config: { ...CONFIG, digest: long } }), OCI_IMAGE),
    refusal(image({ schemaVersion: long }), OCI_IMAGE),
  ];
  for (const error of errors) {
    assertLess(JSON.stringify(error.entries).length, DETAIL_CHARACTERS_MAX * 2);
  }
});
