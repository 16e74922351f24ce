import { assertEquals, assertFalse } from "@std/assert";
import { type Digest, digestBytes, mustParseDigest } from "./digest.ts";
import {
  digestsNamed,
  DOCKER_IMAGE,
  DOCKER_INDEX,
  type ManifestContent,
  OCI_ARTIFACT,
  OCI_IMAGE,
  OCI_INDEX,
  readManifest,
  referrerDescriptor,
} from "./manifest.ts";

const MANIFEST_BYTES_MAX = 4 * 1024 * 1024;

function digestOf(text: string): Digest {
  return digestBytes(new TextEncoder().encode(text), "sha256");
}

function descriptorOf(text: string): { mediaType: string; digest: Digest; size: number } {
  return { mediaType: "application/x", digest: digestOf(text), size: text.length };
}

function bytesOf(document: unknown): Uint8Array {
  return new TextEncoder().encode(
    typeof document === "string" ? document : JSON.stringify(document),
  );
}

function read(document: unknown): ManifestContent {
  const content = readManifest(bytesOf(document));
  if (content === null) throw new Error("The document is not a JSON object");
  return content;
}

Deno.test("readManifest() reads an image", () => {
  const document = {
    schemaVersion: 2,
    mediaType: OCI_IMAGE,
    artifactType: "application/vnd.example.sbom",
    config: descriptorOf("config"),
    layers: [descriptorOf("one"), descriptorOf("two")],
    subject: descriptorOf("subject"),
    annotations: { a: "b" },
  };
  assertEquals(read(document), {
    mediaType: OCI_IMAGE,
    kind: "image",
    config: document.config,
    layers: document.layers,
    manifests: [],
    subject: document.subject,
    artifactType: document.artifactType,
    annotations: { a: "b" },
  });
});

Deno.test("readManifest() reads an index", () => {
  const manifests = [{ ...descriptorOf("a"), platform: { architecture: "amd64", os: "linux" } }];
  assertEquals(read({ schemaVersion: 2, mediaType: DOCKER_INDEX, manifests }), {
    mediaType: DOCKER_INDEX,
    kind: "index",
    config: null,
    layers: [],
    manifests,
    subject: null,
    artifactType: null,
    annotations: null,
  });
});

Deno.test("readManifest() reads the blobs of a retired artifact manifest as layers", () => {
  const content = read({ mediaType: OCI_ARTIFACT, blobs: [descriptorOf("a")] });
  assertEquals(content.kind, "image");
  assertEquals(content.layers, [descriptorOf("a")]);
  assertEquals(read({ mediaType: OCI_IMAGE, blobs: [descriptorOf("a")] }).layers, []);
});

Deno.test("readManifest() detects what declares no media type by its shape", () => {
  const cases: readonly [unknown, string, string][] = [
    [{ manifests: [] }, OCI_INDEX, "index"],
    [{ manifests: [], config: {}, layers: [] }, OCI_INDEX, "index"],
    [{ mediaType: "", manifests: [] }, OCI_INDEX, "index"],
    [{ mediaType: 5, manifests: [] }, OCI_INDEX, "index"],
    [{ config: {} }, OCI_IMAGE, "image"],
    [{ layers: [] }, OCI_IMAGE, "image"],
    [{ manifests: null, layers: [] }, OCI_IMAGE, "image"],
    [{ manifests: {}, layers: "a", config: 1 }, "", "unknown"],
    [{}, "", "unknown"],
    [{ schemaVersion: 1, fsLayers: [{ blobSum: digestOf("a") }] }, "", "unknown"],
  ];
  for (const [document, mediaType, kind] of cases) {
    const content = read(document);
    assertEquals([content.mediaType, content.kind], [mediaType, kind], JSON.stringify(document));
  }
});

Deno.test("readManifest() keeps a media type that it does not know", () => {
  for (const mediaType of ["application/x", "constructor", "__proto__", "toString"]) {
    const content = read({ mediaType, layers: [descriptorOf("a")], manifests: [] });
    assertEquals([content.mediaType, content.kind], [mediaType, "unknown"]);
    assertEquals(content.layers, [descriptorOf("a")]);
  }
});

Deno.test("readManifest() leaves out damaged entries", () => {
  const layers = [null, 1, "a", [], {}, { digest: "sha256:zz" }, descriptorOf("good")];
  const content = read({ mediaType: DOCKER_IMAGE, config: 5, layers, manifests: {}, subject: [] });
  assertEquals(content.layers, [descriptorOf("good")]);
  assertEquals([content.config, content.manifests, content.subject], [null, [], null]);
});

Deno.test("readManifest() drops annotations that are not strings", () => {
  assertEquals(read({ annotations: { a: "b", c: 1 } }).annotations, { a: "b" });
  assertEquals(read({ annotations: [] }).annotations, null);
  assertEquals(read({ annotations: {} }).annotations, {});
});

Deno.test("readManifest() takes nothing from a member named __proto__", () => {
  const layers = JSON.stringify([descriptorOf("a")]);
  const content = read(`{"__proto__":{"mediaType":"${OCI_IMAGE}","layers":${layers}}}`);
  assertEquals([content.mediaType, content.layers.length], ["", 0]);
});

Deno.test("readManifest() is null for what is not a JSON object", () => {
  for (const text of ["", " ", "{", "[]", "null", "1", '"a"', "\ufeff{}", "{}{}", "{'a':1}"]) {
    assertEquals(readManifest(bytesOf(text)), null, JSON.stringify(text));
  }
});

Deno.test("readManifest() reads past bytes that are not UTF-8", () => {
  const bytes = bytesOf({ annotations: { a: "?" }, layers: [descriptorOf("a")] });
  bytes[bytes.indexOf("?".charCodeAt(0))] = 0xff;
  const content = readManifest(bytes);
  assertEquals(content?.annotations, { a: "\ufffd" });
  assertEquals(content?.layers, [descriptorOf("a")]);
});

Deno.test("readManifest() reads the deepest and the longest document that fits", () => {
  const depth = MANIFEST_BYTES_MAX / 2 - 16;
  const deep = `{"layers":${"[".repeat(depth)}${"]".repeat(depth)}}`;
  assertEquals(read(deep).layers, []);
  const long = `{"layers":[${"{},".repeat(MANIFEST_BYTES_MAX / 3 - 16)}{}]}`;
  assertEquals(read(long).layers, []);
});

Deno.test("digestsNamed() finds digests in values, names and longer texts, each once", () => {
  const [one, two, three, four] = ["1", "2", "3", "4"].map(digestOf);
  const sha512 = digestBytes(bytesOf("5"), "sha512");
  const document = {
    fsLayers: [{ blobSum: one }, { blobSum: two }, { blobSum: one }],
    [`${three}`]: { nested: [[{ ref: `example.org/a@${four}, ${sha512}.` }]] },
  };
  assertEquals(
    new Set(digestsNamed(bytesOf(document))),
    new Set([one, two, three, four, sha512]),
  );
  assertEquals(digestsNamed(bytesOf(document)).length, 5);
});

Deno.test("digestsNamed() finds digests that are spelled with escapes", () => {
  const digest = digestOf("a");
  assertEquals(digestsNamed(bytesOf(`["${digest.replace(":", "\\u003a")}"]`)), [digest]);
});

Deno.test("digestsNamed() finds nothing in what only looks like a digest", () => {
  const hex = "ab".repeat(32);
  for (
    const text of [
      hex,
      `sha256:${hex.slice(1)}`,
      `sha256:${hex}a`,
      `sha256:${hex.toUpperCase()}`,
      `md5:${hex}`,
      `sha512:${hex}`,
    ]
  ) {
    assertEquals(digestsNamed(bytesOf([text])), [], text);
  }
});

Deno.test("digestsNamed() searches what is not JSON as text", () => {
  assertEquals(digestsNamed(bytesOf(`{"a": ${digestOf("a")}`)), [digestOf("a")]);
  assertEquals(digestsNamed(bytesOf("")), []);
});

Deno.test("digestsNamed() reads the deepest document that fits", () => {
  const depth = MANIFEST_BYTES_MAX / 2 - 64;
  const deep = `${"[".repeat(depth)}"${digestOf("a")}"${"]".repeat(depth)}`;
  assertEquals(digestsNamed(bytesOf(deep)), [digestOf("a")]);
});

const SELF = mustParseDigest(`sha256:${"01".repeat(32)}`);

Deno.test("referrerDescriptor() takes the declared artifact type and all annotations", () => {
  const content = read({
    mediaType: OCI_IMAGE,
    artifactType: "application/vnd.example.sbom",
    config: descriptorOf("config"),
    annotations: { a: "b" },
  });
  assertEquals(referrerDescriptor(content, SELF, 12), {
    mediaType: OCI_IMAGE,
    digest: SELF,
    size: 12,
    artifactType: "application/vnd.example.sbom",
    annotations: { a: "b" },
  });
});

Deno.test("referrerDescriptor() falls back to the media type of the config of an image", () => {
  for (const artifactType of [undefined, "", null, 5]) {
    const content = read({ artifactType, config: descriptorOf("config"), layers: [] });
    assertEquals(referrerDescriptor(content, SELF, 12).artifactType, "application/x");
  }
});

Deno.test("referrerDescriptor() leaves out an artifact type that nothing gives", () => {
  const { mediaType: _, ...untyped } = descriptorOf("config");
  for (
    const document of [
      { mediaType: OCI_INDEX, manifests: [] },
      { mediaType: OCI_INDEX, manifests: [], config: descriptorOf("config") },
      { mediaType: OCI_IMAGE, config: untyped },
      { mediaType: OCI_ARTIFACT, blobs: [] },
    ]
  ) {
    const descriptor = referrerDescriptor(read(document), SELF, 12);
    assertFalse(Object.hasOwn(descriptor, "artifactType"));
    assertFalse(Object.hasOwn(descriptor, "annotations"));
  }
});

Deno.test("referrerDescriptor() takes the declared artifact type of an index", () => {
  const content = read({ mediaType: OCI_INDEX, artifactType: "application/y", manifests: [] });
  assertEquals(referrerDescriptor(content, SELF, 12).artifactType, "application/y");
});
