import { assert, assertEquals, assertFalse } from "@std/assert";
import { isJsonObject, isSize, readAnnotations, readDescriptor } from "./descriptor.ts";
import { mustParseDigest } from "./digest.ts";

const DIGEST = mustParseDigest(`sha256:${"ab".repeat(32)}`);

Deno.test("readDescriptor() reads every member", () => {
  const descriptor = {
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    digest: DIGEST,
    size: 7,
    artifactType: "application/vnd.example.sbom",
    annotations: { "org.example.a": "b" },
    urls: ["https://example.org/a"],
    platform: {
      architecture: "arm",
      os: "linux",
      variant: "v7",
      "os.version": "10.0",
      "os.features": ["win32k"],
      features: ["sse4"],
    },
  };
  assertEquals(readDescriptor(descriptor), descriptor);
});

Deno.test("readDescriptor() leaves out members that it does not know", () => {
  const descriptor = { mediaType: "a/b", digest: DIGEST, size: 7 };
  assertEquals(readDescriptor({ ...descriptor, data: "e30=", "org.example": 1 }), descriptor);
});

Deno.test("readDescriptor() is null without a good digest", () => {
  const values: readonly unknown[] = [
    undefined,
    null,
    0,
    "sha256:",
    DIGEST,
    [],
    [DIGEST],
    {},
    { digest: null },
    { digest: 5 },
    { digest: "" },
    { digest: "sha256:" },
    { digest: "sha256:zz" },
    { digest: `sha256:${"AB".repeat(32)}` },
    { digest: `sha256:${"ab".repeat(31)}` },
    { digest: `md5:${"ab".repeat(16)}` },
    { digest: `__proto__:${"ab".repeat(32)}` },
    { digest: [DIGEST] },
  ];
  for (const value of values) assertEquals(readDescriptor(value), null);
});

Deno.test("readDescriptor() reads a missing media type as empty and a bad size as 0", () => {
  for (const size of [undefined, null, -1, 0.5, 2 ** 53, Infinity, NaN, "7", {}]) {
    assertEquals(readDescriptor({ digest: DIGEST, size, mediaType: 5 }), {
      mediaType: "",
      digest: DIGEST,
      size: 0,
    });
  }
});

Deno.test("readDescriptor() reads optional members of the wrong type as absent", () => {
  const descriptor = { mediaType: "a/b", digest: DIGEST, size: 0 };
  const junk = { artifactType: {}, annotations: ["a"], urls: "https://", platform: "linux" };
  assertEquals(readDescriptor({ ...descriptor, ...junk }), descriptor);
  assertEquals(
    readDescriptor({ ...descriptor, urls: ["a", 1, null], platform: { os: 1, variant: [] } }),
    { ...descriptor, urls: ["a"], platform: { os: "", architecture: "" } },
  );
});

Deno.test("readAnnotations() drops values that are not strings", () => {
  assertEquals(readAnnotations({ a: "b", c: 1, d: null, e: ["f"], g: {} }), { a: "b" });
  for (const value of [undefined, null, "a", 1, ["a"]]) assertEquals(readAnnotations(value), null);
});

Deno.test("readAnnotations() keeps a member named __proto__ without changing the prototype", () => {
  const annotations = readAnnotations(JSON.parse('{"__proto__":"x","constructor":"y"}'));
  assertEquals(JSON.stringify(annotations), '{"__proto__":"x","constructor":"y"}');
  assertEquals(Object.getPrototypeOf(annotations), Object.prototype);
  const polluting = readAnnotations(JSON.parse('{"__proto__":{"isAdmin":"yes"}}'));
  assertEquals(Object.keys(polluting ?? {}), []);
  assertFalse("isAdmin" in (polluting ?? {}));
});

Deno.test("isSize() takes whole numbers from 0 to 2^53 - 1", () => {
  for (const value of [0, 1, Number.MAX_SAFE_INTEGER]) assert(isSize(value));
  for (const value of [-1, 1.5, 2 ** 53, NaN, Infinity, "1", null, [1]]) assertFalse(isSize(value));
});

Deno.test("isJsonObject() tells objects from other values", () => {
  assert(isJsonObject({}));
  for (const value of [null, undefined, [], "a", 1, true]) assertFalse(isJsonObject(value));
});
