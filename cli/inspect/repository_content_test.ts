import { assertEquals } from "@std/assert";
import { type Digest, digestBytes } from "../../storage/digest.ts";
import { manifestContent } from "../../storage/manifest.ts";
import { type ManifestNode, manifestSizes, platformText } from "./repository_content.ts";

Deno.test("manifestSizes() counts what is listed once, and what nothing else needs", () => {
  const [shared, first, second] = [digestOf("shared"), digestOf("first"), digestOf("second")];
  const one = imageNode("one", [[shared, 100], [first, 10]]);
  const two = imageNode("two", [[shared, 100], [second, 20]]);
  const index = node("index", {
    manifests: [descriptor(one.digest, 1), descriptor(two.digest, 1)],
  });
  const nodes = new Map([one, two, index].map((each) => [each.digest, each]));
  const sizes = manifestSizes(nodes);
  assertEquals(sizes.get(one.digest), { bytes: 111, uniqueBytes: 11 });
  assertEquals(sizes.get(two.digest), { bytes: 121, uniqueBytes: 21 });
  assertEquals(sizes.get(index.digest), { bytes: 133, uniqueBytes: 133 });
});

Deno.test("platformText() says what is known of a platform", () => {
  assertEquals(platformText({ os: "linux", architecture: "arm", variant: "v7" }), "linux/arm/v7");
  assertEquals([platformText({ os: "linux" }), platformText(null), platformText({ os: 1 })], [
    "linux",
    "",
    "",
  ]);
});

function imageNode(name: string, layers: readonly (readonly [Digest, number])[]): ManifestNode {
  return node(name, { layers: layers.map(([digest, size]) => descriptor(digest, size)) });
}

/** A manifest of one byte. */
function node(name: string, document: Readonly<Record<string, unknown>>): ManifestNode {
  return {
    digest: digestOf(name),
    content: manifestContent(document),
    tags: [],
    size: 1,
    modifiedMs: 0,
    platform: "",
    created: null,
    referrers: [],
  };
}

function descriptor(digest: Digest, size: number): Readonly<Record<string, unknown>> {
  return { mediaType: "a/b", digest, size };
}

function digestOf(text: string): Digest {
  return digestBytes(new TextEncoder().encode(text), "sha256");
}
